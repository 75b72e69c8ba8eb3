import { grantOf } from '../../billing/account.ts';
import { adjustGrant, refundCharge } from '../../billing/corrections.ts';
import { refuse } from '../../billing/refusal.ts';
import type { CommandHandler } from '../commands.ts';

/** R15: an admin refunds a charge, once, to the grant that paid it. */
export const refundHandler: CommandHandler<'refund'> = {
  needs: ({ entryId, admin, idempotencyKey }) => ({
    entries: [entryId],
    corrections: [{ admin, idempotencyKey }],
  }),
  decide: ({ entryId, admin, note, idempotencyKey }, work) => {
    const entry = work.entry(entryId);
    if (entry === null) return refuse('entry_not_found');
    const made = work.correction(admin, idempotencyKey);
    if (made !== null) {
      const isSame =
        made.kind === 'refund' &&
        made.sessionId === entry.sessionId &&
        made.intervalNo === entry.intervalNo &&
        made.note === note;
      return isSame ? { kind: 'recorded_before' } : refuse('idempotency_key_reused');
    }
    const settled = work.accountOfGrant(entry.grantId);
    if (settled === null) return refuse('entry_not_found');
    const change = refundCharge(entry, settled.accountNow);
    if (change.kind === 'refused') return change;
    work.record(settled, [change], { role: 'admin', id: admin }, { note, idempotencyKey });
    return { kind: 'recorded' };
  },
};

/** R15: an admin adds units to a grant or takes some, with a note. */
export const adjustHandler: CommandHandler<'adjust'> = {
  needs: ({ grantId, admin, idempotencyKey }) => ({
    grants: [grantId],
    corrections: [{ admin, idempotencyKey }],
  }),
  decide: ({ grantId, units, admin, note, idempotencyKey }, work) => {
    const settled = work.accountOfGrant(grantId);
    if (settled === null) return refuse('subscription_not_found');
    const made = work.correction(admin, idempotencyKey);
    if (made !== null) {
      const isSame =
        made.kind === 'adjustment' && made.grantId === grantId && made.units === units && made.note === note;
      return isSame ? { kind: 'recorded_before' } : refuse('idempotency_key_reused');
    }
    const change = adjustGrant(grantOf(settled.account, grantId), units, 'correction', settled.accountNow);
    if (change.kind === 'refused') return change;
    work.record(settled, [change], { role: 'admin', id: admin }, { note, idempotencyKey });
    return { kind: 'recorded' };
  },
};
