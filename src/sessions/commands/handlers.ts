import type { Policy, StartWindow } from '../../billing/policy.ts';
import { adjustGrant } from '../adjust-grant.ts';
import { endByAdmin, endSession } from './end.ts';
import type { Verbs } from '../executor.ts';
import { putAppointment } from '../put-appointment.ts';
import { putSubscription } from './clinic-data.ts';
import { recordActivity } from '../record-activity.ts';
import { refundCharge } from './corrections.ts';
import { sendMessage } from './activity.ts';
import { settleSession } from './settle.ts';
import { startSession } from './start.ts';

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
