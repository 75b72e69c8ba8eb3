/** What the server sends, as docs/integrating.md and the manual at `/docs` say it. Instants are RFC 3339 in UTC. */

export type Role = 'patient' | 'doctor';

export type EndReason =
  | 'manual_end'
  | 'admin_end'
  | 'no_activity'
  | 'balance_exhausted'
  | 'idle_timeout'
  | 'doctor_no_response'
  | 'max_duration';

/** The session of an appointment; before it starts, `session_id` is null. */
export interface Session {
  readonly session_id: number | null;
  readonly appointment_id: number;
  readonly patient_id: number;
  readonly doctor_id: number;
  readonly is_active: boolean;
  readonly is_ended: boolean;
  readonly start_time: string | null;
  readonly last_activity_time: string | null;
  readonly has_patient_activity: boolean;
  readonly has_doctor_activity: boolean;
  readonly sessions_used: number;
  readonly ended_at: string | null;
  readonly end_reason: EndReason | null;
  readonly interval_seconds: number | null;
  readonly remaining_sessions: number;
  readonly available_sessions: number;
  readonly next_deduction_at: string | null;
  readonly funded_until: string | null;
  /** When it ends if nobody writes, ends it or tops up. */
  readonly ends_at: string | null;
  readonly ends_reason: EndReason | null;
  /** How many events the log had when this was read. */
  readonly event_no: number;
  /** The number of the last message; 0 where there is none. */
  readonly message_no: number;
  readonly server_time: string;
}

/** What ending a session answers. */
export interface EndedSession extends Session {
  /** By this end itself, for the block in progress: 0 or 1. */
  readonly sessions_deducted: number;
  /** By the whole session. */
  readonly total_sessions_used: number;
}

/** Why, for people: one sentence, sometimes two. */
export interface Explanation {
  /** Of docs/rules.md, such as R3. */
  readonly rule: string;
  readonly sentence: string;
}

export interface ReceiptBlock {
  readonly interval_no: number;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly state: 'held' | 'charged' | 'refunded' | 'released';
  readonly units: number;
  readonly reason: string | null;
  readonly grant_id: number | null;
  readonly effective_at: string | null;
  readonly recorded_at: string | null;
  readonly explanation: Explanation;
  /** Why its charge was given back; null where it was not. */
  readonly refund_explanation: Explanation | null;
}

/** The session with each of its blocks: why each unit was taken. */
export interface Receipt extends Session {
  /** Why the session ended; null while it is active. */
  readonly end_explanation: Explanation | null;
  readonly blocks: readonly ReceiptBlock[];
}

export interface MessagesPage {
  readonly messages: readonly StoredMessage[];
}

export interface StoredMessage {
  readonly session_id: number;
  readonly message_no: number;
  readonly client_message_id: string;
  readonly sender_id: number;
  readonly sender_role: Role;
  readonly sent_at: string;
  /** null for an administrator. */
  readonly text: string | null;
}

/** The data of each type of event that this version knows. */
export interface EventData {
  'session.started': {
    readonly session_id: number;
    readonly start_time: string;
    readonly interval_seconds: number;
  };
  activity: { readonly role: Role };
  'message.created': { readonly message: StoredMessage };
  deduction: { readonly interval_no: number; readonly reason: string; readonly units: number };
  low_balance: { readonly funded_until: string };
  'session.ended': {
    readonly ended_at: string;
    readonly reason: EndReason;
    readonly sessions_deducted: number;
    readonly total_sessions_used: number;
  };
  refund: {
    readonly interval_no: number;
    readonly reason: string;
    readonly units: number;
    readonly note?: string;
  };
}

export type EventType = keyof EventData;

export interface EventOf<Type extends string, Data> {
  /** The number in the log of the session: 1, 2, 3 … without gaps. */
  readonly n: number;
  readonly type: Type;
  /** When it was due. */
  readonly effective_at: string;
  /** When it was written. */
  readonly recorded_at: string;
  readonly by: 'system' | 'admin' | Role;
  readonly data: Data;
}

export type KnownEvent = { readonly [Type in EventType]: EventOf<Type, EventData[Type]> }[EventType];

/** A later server may have types of event that this version does not know. */
export type SessionEvent = KnownEvent | EventOf<string, unknown>;

export const isOfType = <Type extends EventType>(
  event: SessionEvent,
  type: Type,
): event is EventOf<Type, EventData[Type]> => event.type === type;

/** An answer of the events route. */
export interface EventsPage {
  readonly events: readonly SessionEvent[];
  readonly next_after: number;
  readonly head: number;
  readonly session: Session;
}

export type ClientFrame =
  | { readonly type: 'hello'; readonly token: string; readonly follow: readonly Follow[] }
  | ({ readonly type: 'follow' } & Follow)
  | { readonly type: 'unfollow'; readonly appointment_id: number }
  | { readonly type: 'token'; readonly token: string }
  | { readonly type: 'ping'; readonly id: number };

export interface Follow {
  readonly appointment_id: number;
  /** The number of the last event that the client has. */
  readonly after: number;
}

/** A frame about one appointment. */
export type AppointmentFrame =
  | ({ readonly type: 'following'; readonly head: number; readonly session: Session } & Follow)
  | {
      readonly type: 'refused';
      readonly appointment_id: number;
      readonly code: string;
      readonly message: string;
    }
  | { readonly type: 'event'; readonly appointment_id: number; readonly event: SessionEvent }
  | { readonly type: 'state'; readonly appointment_id: number; readonly session: Session }
  | { readonly type: 'unfollowed'; readonly appointment_id: number };

export type ServerFrame =
  | AppointmentFrame
  | {
      readonly type: 'welcome';
      readonly user_id: number;
      readonly token_expires_at: string;
      readonly ping_seconds: number;
    }
  | { readonly type: 'token'; readonly token_expires_at: string }
  | { readonly type: 'pong'; readonly id: number }
  | {
      readonly type: 'bye';
      readonly code: number;
      readonly reason: string;
      readonly reconnect_after_ms?: number | null;
    };
