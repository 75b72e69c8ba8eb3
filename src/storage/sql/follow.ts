import type { AppointmentId } from '../../billing/ids.ts';
import type { LoggedEvent } from '../../sessions/feed.ts';
import { Prisma } from '../client.ts';
import { bigintArray, reader, unbelieved } from '../columns.ts';
import { actorFrom, EVENT, MESSAGE } from '../rows.ts';

/** A newer version may write types that this one does not know. */
const eventReader = reader({ ...EVENT, type: unbelieved(EVENT.type) }, 'e');
const messageReader = reader(MESSAGE, 'm');

export interface EventsRow {
  /** One row in all: a row costs more than what is in it. */
  readonly pages: readonly (readonly [position: number, head: number, events: readonly EventTuple[]])[];
}

type EventTuple = readonly [
  event: readonly unknown[],
  unitsUsed: number | null,
  message: readonly unknown[] | null,
];

export function loggedEventFrom([row, unitsUsed, message]: EventTuple): LoggedEvent {
  const { actorRole, actorId, ...event } = eventReader.parse(row);
  return {
    ...event,
    actor: actorFrom({ actorRole, actorId }),
    unitsUsed,
    message: message === null ? null : messageReader.parse(message),
  };
}

export interface AskedEvents {
  readonly appointmentId: AppointmentId;
  /** The number of the last event that is known. */
  readonly after: number;
}

/**
 * What comes after a cursor in each of some logs, at most `limit` lines each. With a message's line comes the message,
 * with an end's the units of the whole session as of that line.
 */
export const eventsAfter = (asked: readonly AskedEvents[], limit: number) => Prisma.sql`
  SELECT coalesce(json_agg(json_build_array(position - 1, event_count, coalesce(events, '[]'))), '[]') AS pages
  FROM (
    SELECT asked.position, s.event_count, (
      SELECT json_agg(json_build_array(
          ${eventReader.sql},
          CASE WHEN e.type = 'ended' THEN (
            SELECT count(*) FILTER (WHERE u.type = 'deduction') - count(*) FILTER (WHERE u.type = 'refund')
            FROM session_events u WHERE u.session_id = s.id AND u.event_no <= e.event_no
          ) END,
          CASE WHEN e.type = 'message' THEN (
            SELECT ${messageReader.sql}
            FROM messages m WHERE m.session_id = s.id AND m.message_no = (e.data ->> 'message_no')::integer
          ) END
        ) ORDER BY e.event_no)
      FROM (
        SELECT * FROM session_events
        WHERE session_id = s.id AND event_no > asked.after
        ORDER BY event_no LIMIT ${limit}::integer
      ) AS e
    ) AS events
    FROM unnest(
      ${bigintArray(asked.map(({ appointmentId }) => appointmentId))},
      ${bigintArray(asked.map(({ after }) => after))}
    ) WITH ORDINALITY AS asked (appointment_id, after, position)
    JOIN text_appointment_sessions s ON s.appointment_id = asked.appointment_id
  ) AS page`;

export interface MarksRow {
  readonly marks: readonly (readonly [appointmentId: number, eventNo: number, account: string])[];
}

/**
 * What changes where followers have something to read: how many events there are, and the account's grants and holds.
 * An activity that moves the end of a session, as under R8, is in it too.
 */
export const findMarks = (appointments: readonly AppointmentId[]) => Prisma.sql`
  SELECT coalesce(json_agg(json_build_array(id, event_count, account)), '[]') AS marks
  FROM (
    SELECT a.id, coalesce(s.event_count, 0) AS event_count, concat_ws(' ',
        (
          SELECT string_agg(
            concat_ws(':', g.id, g.remaining, g.held, epoch_ms(g.starts_at), epoch_ms(g.expires_at)), ' ' ORDER BY g.id
          )
          FROM grants g WHERE g.patient_id = a.patient_id
        ),
        CASE WHEN s.is_active AND s.policy -> 'idleMs' <> 'null' THEN epoch_ms(s.last_activity_time) END
      ) AS account
    FROM appointments a LEFT JOIN text_appointment_sessions s ON s.appointment_id = a.id
    WHERE a.id = ANY (${bigintArray(appointments)})
  ) AS mark`;
