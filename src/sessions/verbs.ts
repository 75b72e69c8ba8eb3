import type { Policy, StartWindow } from '../billing/policy.ts';
import { adjustGrant } from './adjust-grant.ts';
import { endByAdmin, endSession } from './end-session.ts';
import type { Verbs } from './executor.ts';
import { putAppointment } from './put-appointment.ts';
import { putSubscription } from './put-subscription.ts';
import { recordActivity } from './record-activity.ts';
import { refundCharge } from './refund-charge.ts';
import { sendMessage } from './send-message.ts';
import { settleSession } from './settle-session.ts';
import { startSession } from './start-session.ts';

/** Every verb of the engine. `terms` are the settings under which new sessions start. */
export const createVerbs = (terms: { readonly policy: Policy; readonly window: StartWindow }): Verbs => ({
  start: startSession(terms),
  recordActivity,
  sendMessage,
  end: endSession,
  settle: settleSession,
  endByAdmin,
  putAppointment,
  putSubscription,
  refund: refundCharge,
  adjust: adjustGrant,
});
