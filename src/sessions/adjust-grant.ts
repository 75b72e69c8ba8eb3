import { grantOf } from '../billing/account.ts';
import { adjustGrant as adjustmentOf } from '../billing/corrections.ts';
import { refuse } from '../billing/refusal.ts';
import type { Verb } from './verb.ts';

/** R15: an admin adds units to a grant or takes some, with a note. */
export const adjustGrant: Verb<'adjust'> = {
  needs: ({ grantId, admin, idempotencyKey }) => ({
    grants: [grantId],
    corrections: [{ admin, idempotencyKey }],
  }),
  decide: ({ grantId, units, admin, note, idempotencyKey }, workspace) => {
    const settled = workspace.accountOfGrant(grantId);
    if (settled === null) return refuse('subscription_not_found');
    const made = workspace.correction(admin, idempotencyKey);
    if (made !== null) {
      const isSame =
        made.kind === 'adjustment' && made.grantId === grantId && made.units === units && made.note === note;
      return isSame ? { kind: 'recorded_before' } : refuse('idempotency_key_reused');
    }
    const change = adjustmentOf(grantOf(settled.account, grantId), units, 'correction', settled.now);
    if (change.kind === 'refused') return change;
    workspace.record(settled, [change], { role: 'admin', id: admin }, { note, idempotencyKey });
    return { kind: 'recorded' };
  },
};
