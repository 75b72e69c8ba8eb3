import type { Policy, StartWindow } from '../../billing/policy.ts';
import type { CommandHandlers } from '../commands.ts';
import { activityHandler, messageHandler } from './activity.ts';
import { createAppointmentHandler, subscriptionHandler } from './clinic-data.ts';
import { adjustHandler, refundHandler, takeBackHandler } from './corrections.ts';
import { endByAdminHandler, endHandler } from './end.ts';
import { settleHandler } from './settle.ts';
import { createStartHandler } from './start.ts';

/** The handler of every command. `settings` apply to sessions that start from now on. */
export const createHandlers = (settings: {
  readonly policy: Policy;
  readonly window: StartWindow;
}): CommandHandlers => ({
  start: createStartHandler(settings),
  recordActivity: activityHandler,
  sendMessage: messageHandler,
  end: endHandler,
  settle: settleHandler,
  endByAdmin: endByAdminHandler,
  putAppointment: createAppointmentHandler(settings.policy),
  putSubscription: subscriptionHandler,
  refund: refundHandler,
  takeBack: takeBackHandler,
  adjust: adjustHandler,
});
