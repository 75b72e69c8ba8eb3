import type { FastifyRequest } from 'fastify';
import { appointmentId } from '../../billing/ids.ts';
import { callerOf } from '../auth/caller.ts';
import type { Api } from '../api.ts';
import type { Engine, HttpMetrics } from '../app-options.ts';
import { logWith } from '../request-log.ts';
import { endSession } from './end-session.ts';
import { listMessages } from '../routes/messages.ts';
import { processDeduction } from '../routes/sessions.ts';
import { receipt } from './receipt.ts';
import { sendMessage } from './send-message.ts';
import { sessionStatus } from './session-status.ts';
import { startSession } from './start-session.ts';
import { updateActivity } from './update-activity.ts';

/** What the apps of patients and doctors use. The guard of the caller's plugin has let the caller in. */
export function textAppointmentRoutes(
  api: Api,
  { execute, recordActivity, reads }: Engine,
  refusedClientDeduction: HttpMetrics['refusedClientDeduction'],
): void {
  api.addHook('preHandler', async (request) => {
    logWith(request, { user_id: callerOf(request).userId, ...appointmentOf(request) });
  });
  startSession(api, execute);
  updateActivity(api, recordActivity);
  endSession(api, execute);
  processDeduction(api, reads.status, refusedClientDeduction);
  sessionStatus(api, reads.status);
  sendMessage(api, execute);
  listMessages(api, reads.messages);
  receipt(api, reads.receipt);
}

/** The schemas have been checked: every route here names its appointment in the path or in the body. */
function appointmentOf({ params, body }: FastifyRequest) {
  const { appointment_id: id }: { appointment_id?: unknown } = Object.assign({}, body, params);
  return { appointment_id: appointmentId(Number(id)) };
}
