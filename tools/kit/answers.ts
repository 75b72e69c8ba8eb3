import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';

/** What we read of the API's answers, written down here once more: nothing is taken from the server's code. */
const Instant = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' });
const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

export const SessionAnswer = Type.Object({
  session_id: Type.Integer(),
  start_time: Instant,
  is_ended: Type.Boolean(),
  ended_at: Nullable(Instant),
  end_reason: Nullable(Type.String()),
  sessions_used: Type.Integer(),
  remaining_sessions: Type.Integer(),
  /** By this end; only in the answer to an end. */
  sessions_deducted: Type.Optional(Type.Integer()),
});

/** Before the start there is no session. */
export const StatusAnswer = Type.Object({
  session_id: Nullable(Type.Integer()),
  is_ended: Type.Boolean(),
  ended_at: Nullable(Instant),
  end_reason: Nullable(Type.String()),
  sessions_used: Type.Integer(),
  remaining_sessions: Type.Integer(),
});

export const ActivityAnswer = Type.Object({ session_id: Type.Integer(), last_activity_time: Instant });

export const MessageAnswer = Type.Object({
  session_id: Type.Integer(),
  message_no: Type.Integer(),
  client_message_id: Type.String(),
  sent_at: Instant,
});

export const DeductionAnswer = Type.Object({ sessions_deducted: Type.Integer() });
export const AppointmentAnswer = Type.Object({ appointment_id: Type.Integer() });
export const SubscriptionAnswer = Type.Object({ starts_at: Instant });
export const CorrectionAnswer = Type.Object({ entry_id: Type.Integer() });

const Entry = Type.Object({
  entry_id: Type.Integer(),
  kind: Type.String(),
  reason: Type.String(),
  interval_no: Nullable(Type.Integer()),
  grant_id: Type.Integer(),
  units: Type.Integer(),
  effective_at: Instant,
  recorded_at: Instant,
  balance_after: Type.Integer(),
});

export const LedgerAnswer = Type.Object({ entries: Type.Array(Entry), next_cursor: Type.Null() });

const Event = Type.Object({
  event_no: Type.Integer(),
  type: Type.String(),
  effective_at: Instant,
  recorded_at: Instant,
  actor_role: Type.String(),
  data: Type.Object({
    reason: Type.Optional(Type.String()),
    interval_no: Type.Optional(Type.Integer()),
  }),
});

export const TimelineAnswer = Type.Object({ events: Type.Array(Event), ledger: Type.Array(Entry) });

export type Session = Static<typeof SessionAnswer>;
export type Status = Static<typeof StatusAnswer>;
export type EntryAnswer = Static<typeof Entry>;
export type SessionEvent = Static<typeof Event>;

/** The `data` of a good answer. @throws where it is not as the contract says. */
export function readData<Schema extends TSchema>(schema: Schema, body: unknown): Static<Schema> {
  const data = readField(body, 'data');
  if (readField(body, 'success') !== true || !Value.Check(schema, data)) {
    const [flaw] = Value.Errors(schema, data);
    throw new Error(`an answer is not as the contract says: data${flaw?.instancePath} ${flaw?.message}`);
  }
  return data;
}

export function readField(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}

/** Milliseconds since 1970. */
export const msOf = (instant: string): number => Date.parse(instant);
