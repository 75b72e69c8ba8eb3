import { randomUUID } from 'node:crypto';
import {
  ActivityAnswer,
  DeductionAnswer,
  MessageAnswer,
  SessionAnswer,
  type Status,
  type Session,
  StatusAnswer,
} from './answers.ts';
import { type Ask, readReply, type Reply } from './replies.ts';

/** One participant's app, in one appointment: the routes of the app, and nothing else. */
export interface Phone {
  readonly start: () => Promise<Reply<Session>>;
  readonly tellActivity: () => Promise<Reply<{ session_id: number; last_activity_time: string }>>;
  readonly write: (text: string) => Promise<Reply<Message>>;
  readonly status: () => Promise<Reply<Status>>;
  /** `claimedUnits`: what an app that does its own sums says that the session cost. */
  readonly end: (claimedUnits?: number) => Promise<Reply<Session>>;
  readonly askForDeduction: (units: number) => Promise<Reply<{ sessions_deducted: number }>>;
}

export interface Message {
  readonly session_id: number;
  readonly message_no: number;
  readonly client_message_id: string;
  readonly sent_at: string;
}

const ROUTES = '/api/text-appointments';

export function openPhone(ask: Ask, appointmentId: number): Phone {
  const post = (path: string, body: object): Promise<Reply<unknown>> =>
    ask({ method: 'POST', path: `${ROUTES}/${path}`, body });
  const own = { appointment_id: appointmentId };
  return {
    start: () => readReply(SessionAnswer, post('start-session', own)),
    tellActivity: () => readReply(ActivityAnswer, post('update-activity', own)),
    write: (text) =>
      readReply(MessageAnswer, post(`${appointmentId}/messages`, { client_message_id: randomUUID(), text })),
    status: () =>
      readReply(StatusAnswer, ask({ method: 'GET', path: `${ROUTES}/${appointmentId}/session-status` })),
    end: (claimedUnits) =>
      readReply(
        SessionAnswer,
        post('end-session', {
          ...own,
          ...(claimedUnits === undefined ? {} : { sessions_to_deduct: claimedUnits }),
        }),
      ),
    askForDeduction: (units) =>
      readReply(
        DeductionAnswer,
        post('process-deduction', { ...own, sessions_to_deduct: units, reason: 'interval' }),
      ),
  };
}
