/** Why each unit of a session was taken. */
import { describe, expect, test } from 'vitest';
import { system } from '../../src/billing/account.ts';
import { grantId } from '../../src/billing/ids.ts';
import { receiptBlocks, type ReceiptEntry } from '../../src/sessions/receipt.ts';
import { anActiveSession, anEndedSession, clockOf, t } from '../billing/specimens.ts';

const entry = (
  kind: 'charge' | 'refund',
  intervalNo: number,
  clock: string,
  isWritten = true,
): ReceiptEntry => ({
  kind,
  reason: kind === 'refund' ? 'correction' : 'interval',
  units: kind === 'refund' ? 1 : -1,
  intervalNo,
  grantId: grantId(1),
  effectiveAt: t(clock),
  recordedAt: isWritten ? t('60:00') : null,
  actor: system,
  note: null,
  takesBack: null,
  takenBack: null,
});

const linesOf = (...told: Parameters<typeof receiptBlocks>) =>
  receiptBlocks(...told).map(
    ({ intervalNo, startsAt, endsAt, state, units }) =>
      `${intervalNo}: ${clockOf(startsAt)} to ${clockOf(endsAt)} ${state} ${units}`,
  );

describe('a receipt', () => {
  test('of a session in its first block shows it as held, until its boundary', () => {
    expect(receiptBlocks(anActiveSession(), [])).toEqual([
      {
        intervalNo: 1,
        startsAt: t('0:00'),
        endsAt: t('10:00'),
        state: 'held',
        units: 0,
        grantId: 1,
        charge: null,
        refund: null,
      },
    ]);
  });

  test('shows a charge with its reason, its grant, when it was due and when it was written', () => {
    const charge = entry('charge', 1, '10:00');
    const [first] = receiptBlocks(anActiveSession({ blocksCompleted: 1 }), [charge]);

    expect(first).toMatchObject({ state: 'charged', units: 1, grantId: 1, charge, refund: null });
  });

  test('shows a charge that is due and not written yet', () => {
    const [first] = receiptBlocks(anActiveSession({ blocksCompleted: 1 }), [
      entry('charge', 1, '10:00', false),
    ]);

    expect(first).toMatchObject({
      state: 'charged',
      charge: { effectiveAt: t('10:00'), recordedAt: null },
    });
  });

  test('of a session that ended inside a block shows that block until the end', () => {
    const charges = [entry('charge', 1, '10:00'), entry('charge', 2, '12:00')];

    expect(linesOf(anEndedSession(), charges)).toEqual([
      '1: 0:00 to 10:00 charged 1',
      '2: 10:00 to 12:00 charged 1',
    ]);
    expect(linesOf(anEndedSession(), charges.slice(0, 1))).toEqual([
      '1: 0:00 to 10:00 charged 1',
      '2: 10:00 to 12:00 released 0',
    ]);
  });

  test('of a session that ended at a boundary has no block after it', () => {
    const ended = anEndedSession({ endedAt: t('20:00'), endReason: 'balance_exhausted', endUnits: 0 });

    expect(linesOf(ended, [entry('charge', 1, '10:00'), entry('charge', 2, '20:00')])).toEqual([
      '1: 0:00 to 10:00 charged 1',
      '2: 10:00 to 20:00 charged 1',
    ]);
  });

  test('shows the block that an administrator charged at the very boundary at which it began', () => {
    const ended = anEndedSession({ endedAt: t('10:00'), endReason: 'admin_end' });

    expect(linesOf(ended, [entry('charge', 1, '10:00'), entry('charge', 2, '10:00')])).toEqual([
      '1: 0:00 to 10:00 charged 1',
      '2: 10:00 to 10:00 charged 1',
    ]);
  });

  test('of a session that ended at its very start shows the block that was entered and released', () => {
    expect(linesOf(anEndedSession({ endedAt: t('0:00'), endUnits: 0, unitsUsed: 0 }), [])).toEqual([
      '1: 0:00 to 0:00 released 0',
    ]);
  });

  test('shows a unit that was given back as refunded, and costing nothing', () => {
    const entries = [entry('charge', 1, '10:00'), entry('refund', 1, '11:00'), entry('charge', 2, '12:00')];

    expect(linesOf(anEndedSession(), entries)).toEqual([
      '1: 0:00 to 10:00 refunded 0',
      '2: 10:00 to 12:00 charged 1',
    ]);
  });
});
