import { callerOf } from '../auth/caller.ts';
import type { Api } from '../api.ts';
import type { Engine } from '../app-options.ts';
import { adminsOnly } from '../guards.ts';
import { logWith } from '../request-log.ts';
import { audit } from '../routes/admin-audit.ts';
import { auditRuns } from './audit-runs.ts';
import { balance } from './balance.ts';
import { corrections } from './corrections.ts';
import { endSessionByAdmin } from './end-session.ts';
import { ledger } from '../routes/admin-ledger.ts';
import { listSessions } from './list-sessions.ts';
import { putAppointment } from '../routes/admin-bookings.ts';
import { putSubscription } from './put-subscription.ts';
import { timeline } from '../routes/admin-sessions.ts';
import { wayToQueues } from './way-to-queues.ts';

/** For the clinic's own system and its staff. The hook is the plugin's own, so no route of it can be without. */
export function adminRoutes(
  api: Api,
  { execute, reads, auditor }: Pick<Engine, 'execute' | 'reads' | 'auditor'>,
): void {
  api.addHook('onRequest', adminsOnly);
  api.addHook('preHandler', async (request) => {
    logWith(request, { user_id: callerOf(request).userId });
  });
  putAppointment(api, execute);
  putSubscription(api, execute, reads.subscription);
  balance(api, reads.balance);
  listSessions(api, reads.sessions);
  timeline(api, reads.timeline);
  endSessionByAdmin(api, execute);
  corrections(api, execute, reads.correction);
  ledger(api, reads.ledger);
  audit(api, auditor.audit);
  auditRuns(api, auditor.runs);
  wayToQueues(api);
}
