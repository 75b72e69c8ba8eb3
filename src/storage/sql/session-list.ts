import type { SessionFilter } from '../../sessions/console-store.ts';
import { Prisma } from '../client.ts';

export interface SessionIdRow {
  readonly session_id: number;
}

/**
 * One page of sessions, those that started last first. Each combination of filters is a statement of its own, made of the
 * conditions that are asked for: a plan that is made once finds nothing by a condition that may be off. Words stand in it
 * as words and not as parameters, for the same reason.
 *
 * The indexes begin with who takes part, then with whether the session is active: where either will do, it is a page of the
 * one and a page of the other, merged.
 */
export function findSessionIds(filter: SessionFilter, limit: number): Prisma.Sql {
  const conditions = conditionsOf(filter);
  const pages = statesOf(filter).map((state) => {
    const all = Prisma.join([state, ...conditions], ' AND ');
    return Prisma.sql`(
    SELECT id, start_time FROM text_appointment_sessions WHERE ${all}
    ORDER BY start_time DESC, id DESC LIMIT ${limit}::integer)`;
  });
  return Prisma.sql`
  SELECT id::float8 AS session_id FROM (${Prisma.join(pages, ' UNION ALL ')}) AS page
  ORDER BY start_time DESC, id DESC LIMIT ${limit}::integer`;
}

/**
 * `is_ended` and `is_active` say the same. The index of all sessions begins with the one, the indexes by patient and by
 * doctor go on with the other: so no plan looks for one person's sessions in the index of all. Nor, with `IS TRUE`, among
 * all that are active.
 */
export const EVERYBODYS = { active: Prisma.sql`NOT is_ended`, ended: Prisma.sql`is_ended` };
export const SOMEBODYS = { active: Prisma.sql`is_active IS TRUE`, ended: Prisma.sql`NOT is_active` };

function statesOf(filter: SessionFilter): readonly Prisma.Sql[] {
  const { status, endReason, patientId, doctorId, appointmentId } = filter;
  const isEverybodys = patientId === null && doctorId === null && appointmentId === null;
  const { active, ended } = isEverybodys ? EVERYBODYS : SOMEBODYS;
  if (endReason !== null) {
    // No session is active and has ended.
    if (status === 'active') return [Prisma.sql`false`];
    const isReason = Prisma.raw(`end_reason = '${endReason}'`);
    return [isEverybodys ? isReason : Prisma.sql`${ended} AND ${isReason}`];
  }
  switch (status) {
    case 'active':
      return [active];
    case 'ended':
      return [ended];
    case null:
      // An appointment has one session at the most.
      return appointmentId === null ? [active, ended] : [Prisma.sql`true`];
  }
}

function conditionsOf(filter: SessionFilter): readonly Prisma.Sql[] {
  const { patientId, doctorId, appointmentId, from, to, cursor } = filter;
  return [
    ...(patientId === null ? [] : [Prisma.sql`patient_id = ${patientId}::bigint`]),
    ...(doctorId === null ? [] : [Prisma.sql`doctor_id = ${doctorId}::bigint`]),
    ...(appointmentId === null ? [] : [Prisma.sql`appointment_id = ${appointmentId}::bigint`]),
    ...(from === null ? [] : [Prisma.sql`start_time >= instant(${from}::bigint)`]),
    ...(to === null ? [] : [Prisma.sql`start_time < instant(${to}::bigint)`]),
    ...(cursor === null ? [] : [Prisma.sql`(start_time, id) < (${startOf(cursor)}, ${cursor}::bigint)`]),
  ];
}

/** When this session started; of a number that no session has, the one before it. */
export const startOf = (sessionId: number): Prisma.Sql => Prisma.sql`(
      SELECT start_time FROM text_appointment_sessions WHERE id <= ${sessionId}::bigint ORDER BY id DESC LIMIT 1)`;
