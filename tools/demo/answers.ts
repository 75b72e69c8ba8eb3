import { Type } from 'typebox';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

/** What the demo reads of the API's answers, written down here once more: it takes nothing from the server's code. */
const Instant = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' });
const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

export const StartedAnswer = Type.Object({ session_id: Type.Integer(), start_time: Instant });
export const MessageAnswer = Type.Object({ sent_at: Instant });
export const EndedAnswer = Type.Object({ ended_at: Instant });
export const DeductionAnswer = Type.Object({ sessions_deducted: Type.Integer() });
export const SubscriptionAnswer = Type.Object({ starts_at: Instant });

export const StatusAnswer = Type.Object({
  is_ended: Type.Boolean(),
  ended_at: Nullable(Instant),
  end_reason: Nullable(Type.String()),
  sessions_used: Type.Integer(),
  remaining_sessions: Type.Integer(),
});

export const EventsAnswer = Type.Object({
  events: Type.Array(
    Type.Object({
      event_no: Type.Integer(),
      type: Type.String(),
      effective_at: Instant,
      recorded_at: Instant,
      actor_role: Type.String(),
      data: Type.Object({
        reason: Type.Optional(Type.String()),
        interval_no: Type.Optional(Type.Integer()),
      }),
    }),
  ),
});

export const LedgerAnswer = Type.Object({
  entries: Type.Array(
    Type.Object({
      kind: Type.String(),
      reason: Type.String(),
      interval_no: Nullable(Type.Integer()),
      grant_id: Type.Integer(),
      units: Type.Integer(),
      effective_at: Instant,
      recorded_at: Instant,
      balance_after: Type.Integer(),
    }),
  ),
  next_cursor: Type.Null(),
});

type LedgerPage = Static<typeof LedgerAnswer>;

export type Status = Static<typeof StatusAnswer>;
export type SessionEvent = Static<typeof EventsAnswer>['events'][number];
export type EntryAnswer = LedgerPage['entries'][number];

/** The `data` of a good answer. Throws where it does not look as the contract says. */
export function readData<Schema extends TSchema>(schema: Schema, body: unknown): Static<Schema> {
  const data: unknown = readField(body, 'data');
  if (readField(body, 'success') !== true || !Value.Check(schema, data)) {
    const [flaw] = Value.Errors(schema, data);
    throw new Error(`an answer is not as the contract says: data${flaw?.instancePath} ${flaw?.message}`);
  }
  return data;
}

export function readField(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** Milliseconds since 1970. */
export const msOf = (instant: string): number => Date.parse(instant);
