/** The sentences of what was bought and corrected: entries of no session. */
import { expect, test } from 'vitest';
import { grantId, ledgerEntryId, userId } from '../../src/billing/ids.ts';
import { explainEntry } from '../../src/explanations/explain-entry.ts';
import { wallClock } from '../../src/explanations/wall-clock.ts';
import type { ReceiptEntry } from '../../src/sessions/receipt.ts';
import { CLINIC } from '../billing/specimens.ts';
import { at } from './day.ts';

const ENTRY: ReceiptEntry = {
  kind: 'adjustment',
  reason: 'correction',
  units: 5,
  intervalNo: null,
  grantId: grantId(11),
  effectiveAt: at('11:02:03.700'),
  recordedAt: at('11:02:03.700'),
  actor: { role: 'admin', id: userId(3) },
  note: 'as agreed',
  takesBack: null,
  takenBack: null,
};

const BOUGHT = { reason: 'subscription', note: null } as const;

test.each<[Partial<ReceiptEntry>, staff: string, participant: string]>([
  [
    {},
    'R15 User 3 added 5 units to grant 11 at 11:02:03: "as agreed".',
    'R15 An administrator added 5 units to grant 11 at 11:02:03.',
  ],
  [
    { units: -1 },
    'R15 User 3 took 1 unit from grant 11 at 11:02:03: "as agreed".',
    'R15 An administrator took 1 unit from grant 11 at 11:02:03.',
  ],
  [
    { units: -1, takesBack: ledgerEntryId(812) },
    'R15 User 3 took back the unit that entry 812 had given to grant 11 at 11:02:03: "as agreed".',
    'R15 An administrator took back the unit that entry 812 had given to grant 11 at 11:02:03.',
  ],
  [
    { ...BOUGHT, kind: 'grant' },
    'R14 5 units were bought as grant 11 at 11:02:03.',
    'R14 5 units were bought as grant 11 at 11:02:03.',
  ],
  [
    { ...BOUGHT, kind: 'grant', units: 1 },
    'R14 1 unit was bought as grant 11 at 11:02:03.',
    'R14 1 unit was bought as grant 11 at 11:02:03.',
  ],
  [
    { ...BOUGHT, units: 2 },
    'R14 User 3 changed what was bought as grant 11 at 11:02:03: 2 units more.',
    'R14 An administrator changed what was bought as grant 11 at 11:02:03: 2 units more.',
  ],
  [
    { ...BOUGHT, units: -1 },
    'R14 User 3 changed what was bought as grant 11 at 11:02:03: 1 unit fewer.',
    'R14 An administrator changed what was bought as grant 11 at 11:02:03: 1 unit fewer.',
  ],
  [
    { reason: 'validity_changed', units: 0, note: null },
    'R14 User 3 changed the time in which grant 11 is valid at 11:02:03; its units stayed the same.',
    'R14 An administrator changed the time in which grant 11 is valid at 11:02:03; its units stayed the same.',
  ],
])('An entry with %j has a sentence for staff and one for a participant.', (facts, staff, participant) => {
  const told = (reader: 'staff' | 'participant'): string => {
    const telling = { reader, at: wallClock('UTC', at('10:00:00')) };
    const course = { startedAt: at('10:00:00'), policy: CLINIC };
    const { rule, sentence } = explainEntry({ ...ENTRY, ...facts }, course, telling);
    return `${rule} ${sentence}`;
  };

  expect(told('staff')).toBe(staff);
  expect(told('participant')).toBe(participant);
});
