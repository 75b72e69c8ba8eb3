/** The control of the random tests: every promise that they check can be seen to be broken. */
import { describe, expect, test } from 'vitest';
import type { LedgerEntry } from '../../src/billing/ledger.ts';
import { grantId, ledgerEntryId, sessionId } from '../../src/billing/ids.ts';
import {
  noRows,
  type StoredEntry,
  type StoredSession,
  type Tables,
} from '../../tools/kit/memory-database/tables.ts';
import { brokenInvariants, takenBack } from '../../tools/kit/invariants.ts';
import { aGrant, anActiveSession, anEndedSession, PATIENT, t } from '../billing/specimens.ts';
import { system } from '../../src/billing/account.ts';

const entry = (id: number, facts: Partial<LedgerEntry> = {}, recordedAt = t('60:00')): StoredEntry => ({
  id: ledgerEntryId(id),
  entry: {
    patientId: PATIENT,
    grantId: grantId(1),
    sessionId: null,
    kind: 'grant',
    reason: 'subscription',
    units: 5,
    intervalNo: null,
    effectiveAt: t('-60:00'),
    balanceAfter: 5,
    takesBack: null,
    terms: null,
    ...facts,
  },
  actor: system,
  recordedAt,
  note: null,
  idempotencyKey: null,
});

const charge = (id: number, facts: Partial<LedgerEntry> = {}) =>
  entry(id, {
    kind: 'charge',
    reason: 'interval',
    units: -1,
    sessionId: sessionId(1),
    intervalNo: 1,
    effectiveAt: t('10:00'),
    balanceAfter: 4,
    ...facts,
  });

const running: StoredSession = {
  session: anActiveSession({
    blocksCompleted: 1,
    unitsUsed: 1,
    hasDoctorActivity: true,
    lastActivityAt: t('1:00'),
  }),
  eventCount: 0,
  messageCount: 0,
  nextDeadlineAt: t('20:00'),
  endRecordedAt: null,
};
const over: StoredSession = {
  ...running,
  session: anEndedSession({ unitsUsed: 1, endUnits: 0 }),
  nextDeadlineAt: null,
  endRecordedAt: t('12:00'),
};

const tablesWith = (facts: {
  grant?: Parameters<typeof aGrant>[0];
  rows?: StoredEntry[];
  session?: StoredSession;
}) => ({
  ...noRows(),
  grants: new Map([[grantId(1), aGrant({ units: 4, held: 1, total: 5, ...facts.grant })]]),
  sessions: new Map([[sessionId(1), facts.session ?? running]]),
  entries: facts.rows ?? [entry(1), charge(2)],
});

describe('the promises', () => {
  test('hold where all is well', () => {
    expect(brokenInvariants(tablesWith({}))).toEqual([]);
    expect(brokenInvariants(tablesWith({ session: over, grant: { held: 0 } }))).toEqual([]);
    expect(takenBack(tablesWith({}), tablesWith({}))).not.toEqual([]);
  });

  test.each([
    ['a grant that holds more than runs on it', { grant: { held: 2 } }, /2 held, for 1/],
    ['a grant that holds more than it has', { grant: { held: 5 } }, /5 held of 4/],
    ['a grant that remembers another sum than its ledger', { grant: { units: 3 } }, /has 3, its ledger 4/],
    [
      'an entry with a wrong balance',
      { rows: [entry(1), charge(2, { balanceAfter: 3 })] },
      /says 3, the ledger 4/,
    ],
    [
      'a balance below nothing',
      { rows: [entry(1, { units: 0, balanceAfter: 0 }), charge(2, { balanceAfter: -1 })] },
      /at -1/,
    ],
    [
      'a charge with a gap before it',
      { rows: [entry(1), charge(2, { intervalNo: 2 })] },
      /charges of session 1 numbered 2/,
    ],
    [
      'a block that is charged twice',
      { rows: [entry(1), charge(2), charge(3, { balanceAfter: 3 })], grant: { units: 3 } },
      /numbered 1,1/,
    ],
    ['a session that used another number', { rows: [entry(1)], grant: { units: 5 } }, /used 1, of 0 less 0/],
    [
      'an entry that was written too early',
      { rows: [entry(1), { ...charge(2), recordedAt: t('9:00') }] },
      /before it was due/,
    ],
    ['an entry out of order', { rows: [entry(1, { effectiveAt: t('11:00') }), charge(2)] }, /out of order/],
    [
      'a deadline that is stored too late',
      { session: { ...running, nextDeadlineAt: t('20:01') } },
      /is due at/,
    ],
    [
      'a session that counts events that are not there',
      { session: { ...running, eventCount: 1 } },
      /counts 1 events/,
    ],
    [
      'an end that nobody wrote down',
      { session: { ...over, endRecordedAt: null }, grant: { held: 0 } },
      /unrecorded/,
    ],
    [
      'an end that says it charged what it did not',
      { session: { ...over, session: anEndedSession({ unitsUsed: 1, endUnits: 1 }) }, grant: { held: 0 } },
      /the end of session 1 charged 0/,
    ],
  ])('are seen to be broken by %s', (_what, facts, complaint) => {
    expect(brokenInvariants(tablesWith(facts)).join('; ')).toMatch(complaint);
  });

  test('are seen to be broken by a committed change that is taken back', () => {
    const rows = [entry(1), charge(2)];
    const before: Tables = tablesWith({ rows, session: over, grant: { held: 0 } });
    const refunded = { ...over, session: anEndedSession({ unitsUsed: 0, endUnits: 0 }) };
    const moved = { ...over, session: anEndedSession({ unitsUsed: 1, endUnits: 0, endedAt: t('13:00') }) };
    const now = (session: StoredSession): Tables => ({
      ...before,
      sessions: new Map([[sessionId(1), session]]),
    });

    expect(takenBack(before, before)).toEqual([]);
    expect(takenBack(before, now(refunded))).toEqual([]);
    expect(takenBack(before, now(moved))).toEqual(['session 1 changed after its end']);
    expect(takenBack(before, now(running))).toEqual(['session 1 changed after its end']);
    expect(takenBack(before, now({ ...over, endRecordedAt: t('59:00') }))).toEqual([
      'the end of session 1 was recorded twice',
    ]);
    expect(takenBack(before, { ...before, entries: rows.slice(1) })).toEqual(['an entry was changed']);
    expect(takenBack(before, { ...before, sessions: new Map() })).toEqual(['session 1 is gone']);
  });
});
