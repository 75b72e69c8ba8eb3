/** What is known of one appointment: the fold of its events, and the newest session that was received. Pure. */
import { isOfType, type Role, type Session, type SessionEvent, type StoredMessage } from './contract.ts';

export interface Failure {
  readonly code: string;
  readonly message: string;
}

export interface Message {
  readonly clientMessageId: string;
  /** null for an administrator, who does not take part. */
  readonly text: string | null;
  /** null while it is not known which of the two the user is. */
  readonly senderRole: Role | null;
  readonly state: 'sending' | 'sent' | 'failed';
  /** Why it failed. */
  readonly failure?: Failure;
  /** Its number in the session, from 1; when it is sent. */
  readonly messageNo?: number;
  readonly sentAt?: string;
}

type NumberedMessage = Message & { readonly messageNo: number };

export interface Log {
  /** The number of the last event. */
  readonly n: number;
  readonly session: Session | null;
  /** Those that the server has, by their number. */
  readonly messages: readonly NumberedMessage[];
  /** The number of the last `low_balance` event; 0 where there was none. */
  readonly lowBalanceNo: number;
}

export const EMPTY_LOG: Log = { n: 0, session: null, messages: [], lowBalanceNo: 0 };

/** The next event has the last number plus one, so a client knows that it has everything. */
export const positionOf = (log: Log, { n }: SessionEvent): 'known' | 'next' | 'gap' =>
  n <= log.n ? 'known' : n === log.n + 1 ? 'next' : 'gap';

export function withEvent(log: Log, event: SessionEvent): Log {
  const next = { ...log, n: event.n };
  if (isOfType(event, 'message.created')) return withMessages(next, [event.data.message]);
  return event.type === 'low_balance' ? { ...next, lowBalanceNo: event.n } : next;
}

/** An answer may overtake a frame: what is older than what is known changes nothing. */
export const withSession = (log: Log, session: Session): Log =>
  isOlder(session, log.session) ? log : { ...log, session };

const isOlder = (session: Session, known: Session | null): boolean =>
  known !== null &&
  (session.event_no - known.event_no || Date.parse(session.server_time) - Date.parse(known.server_time)) < 0;

export function withMessages(log: Log, stored: readonly StoredMessage[]): Log {
  const fresh = stored
    .filter(({ message_no: no }) => log.messages.every(({ messageNo }) => messageNo !== no))
    .map(messageOf);
  if (fresh.length === 0) return log;
  const messages = [...log.messages, ...fresh];
  return { ...log, messages: messages.sort((a, b) => a.messageNo - b.messageNo) };
}

export const messageOf = (stored: StoredMessage): NumberedMessage => ({
  clientMessageId: stored.client_message_id,
  text: stored.text,
  senderRole: stored.sender_role,
  state: 'sent',
  messageNo: stored.message_no,
  sentAt: stored.sent_at,
});
