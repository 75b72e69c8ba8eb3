import { Type } from 'typebox';
import { instant as instantAt } from '../../billing/time.ts';
import type { LoggedEvent } from '../../sessions/feed.ts';
import { rfc3339 } from '../rfc3339.ts';
import { instant, oneOf } from '../schemas.ts';
import { messageJson } from './message.ts';

/** Who reads. An administrator who takes no part sees notes and no texts; who takes part sees texts and no notes. */
export interface EventReader {
  readonly isParticipant: boolean;
  readonly isAdmin: boolean;
}

export const eventSchema = Type.Object({
  n: Type.Integer({ minimum: 1, description: 'Its number in the log: the one before plus one' }),
  type: Type.String({
    description:
      'session.started, activity, message.created, deduction, low_balance, session.ended, refund; others may come, and are skipped',
  }),
  effective_at: instant,
  recorded_at: instant,
  by: oneOf('system', 'patient', 'doctor', 'admin'),
  data: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true }),
});

export type EventJson = Type.Static<typeof eventSchema>;

export function eventJson(event: LoggedEvent, reader: EventReader): EventJson {
  const { type, data } = publicPart(event, reader);
  return {
    n: event.eventNo,
    type,
    effective_at: rfc3339(event.effectiveAt),
    recorded_at: rfc3339(event.recordedAt),
    by: event.actor.role,
    data,
  };
}

/** What participants may read of each type, by name. A type that is not here shows that it was, and nothing else. */
function publicPart(
  event: LoggedEvent,
  reader: EventReader,
): { readonly type: string; readonly data: Record<string, unknown> } {
  const { data } = event;
  switch (event.type) {
    case 'started':
      return {
        type: 'session.started',
        data: {
          session_id: event.sessionId,
          start_time: rfc3339(event.effectiveAt),
          interval_seconds: secondsOf(Object(data['policy'])['intervalMs']),
        },
      };
    case 'activity':
      return { type: 'activity', data: { role: data['role'] } };
    case 'message':
      return { type: 'message.created', data: { message: messagePart(event, reader) } };
    case 'deduction':
      return { type: 'deduction', data: unitPart(data) };
    case 'low_balance':
      return {
        type: 'low_balance',
        data: { funded_until: rfc3339(instantAt(Number(data['funded_until_ms']))) },
      };
    case 'ended':
      return {
        type: 'session.ended',
        data: {
          ended_at: rfc3339(event.effectiveAt),
          reason: data['reason'],
          sessions_deducted: data['units'],
          total_sessions_used: event.unitsUsed,
        },
      };
    case 'refund':
      return {
        type: 'refund',
        data: reader.isAdmin ? { ...unitPart(data), note: data['note'] ?? null } : unitPart(data),
      };
    default:
      return { type: event.type, data: {} };
  }
}

const unitPart = (data: LoggedEvent['data']): Record<string, unknown> => ({
  interval_no: data['interval_no'],
  reason: data['reason'],
  units: data['units'],
});

function messagePart(
  { message }: LoggedEvent,
  { isParticipant }: EventReader,
): Record<string, unknown> | null {
  if (message === null) return null;
  const shown = messageJson(message);
  return isParticipant ? shown : { ...shown, text: null };
}

const secondsOf = (ms: unknown): number | null => (typeof ms === 'number' ? ms / 1000 : null);
