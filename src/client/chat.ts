/** What the app gets for an appointment. Every function of it may be passed on by itself: none uses `this`. */
import type {
  EndedSession,
  EventData,
  EventOf,
  EventType,
  Receipt,
  Session,
  SessionEvent,
} from './contract.ts';
import type { Message } from './log.ts';
import type { SentMessage } from './sender.ts';
import type { TimeLeft } from './time-left.ts';
import type { Warning } from './warning.ts';

export type ConnectionState = 'connecting' | 'live' | 'polling' | 'offline' | 'signed_out';

export interface Snapshot {
  /** Whether what is shown is of now. */
  readonly connection: ConnectionState;
  /** As the API answers it; null until anything is known. */
  readonly session: Session | null;
  /** First what the server has, by its number; then what waits or failed, in the order of sending. */
  readonly messages: readonly Message[];
  /** The number of the last event. */
  readonly n: number;
  readonly warning: Warning;
}

export interface Chat {
  readonly appointmentId: number;
  /** The same object until something changed. */
  readonly get: () => Snapshot;
  /** Called after every change. Gives what ends that. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Each event of the log from the first, once and in order; `*` is every type. Gives what ends that. */
  readonly on: OnEvent;
  /** Starts the session. Safe to repeat. @throws ClientError, with `no_answer` after 30 s */
  readonly start: () => Promise<Session>;
  /** Ends the session. Safe to repeat. @throws as `start` */
  readonly end: () => Promise<EndedSession>;
  /** Why each unit was taken. @throws as `start` */
  readonly receipt: () => Promise<Receipt>;
  /**
   * Fetches up to 50 messages before the first that is shown; the newest where none is shown yet. The log brings all
   * of them by itself, so this only shows them sooner. Resolves with whether there are more. @throws as `start`
   */
  readonly older: () => Promise<boolean>;
  /** 1 to 4,000 characters. The message is shown at once, and sent after those before it. */
  readonly send: (text: string) => SentMessage;
  /** A failed message again, or at once what waits. */
  readonly retry: (clientMessageId: string) => SentMessage;
  /** Forgets a message that waits or failed. Where it is under way already, it may arrive all the same. */
  readonly discard: (clientMessageId: string) => void;
  /** Follows no longer. What waits is still sent; `client.appointment(id)` follows again, from where this ended. */
  readonly close: () => void;
  /** Until the session ends if nobody does anything; null where none is active, or the time is not known yet. */
  readonly timeLeft: () => TimeLeft | null;
}

export interface OnEvent {
  <Type extends EventType>(type: Type, listener: (event: EventOf<Type, EventData[Type]>) => void): () => void;
  (type: string, listener: (event: SessionEvent) => void): () => void;
}
