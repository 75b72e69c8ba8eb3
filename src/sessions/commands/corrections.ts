import { refundCharge as refundOf } from '../../billing/corrections.ts';
import { refuse } from '../../billing/refusal.ts';
import type { Verb } from '../verb.ts';

/** R15: an admin gives a charge back, once, to the grant it came from. */
export const refundCharge: Verb<'refund'> = {
  needs: ({ entryId, admin, idempotencyKey }) => ({
    entries: [entryId],
    corrections: [{ admin, idempotencyKey }],
  }),
  decide: ({ entryId, admin, note, idempotencyKey }, workspace) => {
    const entry = workspace.entry(entryId);
    if (entry === null) return refuse('entry_not_found');
    const made = workspace.correction(admin, idempotencyKey);
    if (made !== null) {
      const isSame =
        made.kind === 'refund' &&
        made.sessionId === entry.sessionId &&
        made.intervalNo === entry.intervalNo &&
        made.note === note;
      return isSame ? { kind: 'recorded_before' } : refuse('idempotency_key_reused');
    }
    const settled = workspace.accountOfGrant(entry.grantId);
    if (settled === null) return refuse('entry_not_found');
    const change = refundOf(entry, settled.now);
    if (change.kind === 'refused') return change;
    workspace.record(settled, [change], { role: 'admin', id: admin }, { note, idempotencyKey });
    return { kind: 'recorded' };
  },
};
