import type { Period } from '../../sessions/console-store.ts';
import { Prisma } from '../client.ts';
import { bigintArray } from '../columns.ts';
import { EVERYBODYS, SOMEBODYS } from './session-list.ts';

export interface DayRow {
  readonly started: number;
  /** By reason; null where none ended, and without those by which none did. */
  readonly ended: Readonly<Record<string, number>> | null;
  readonly taken: number;
  readonly given_back: number;
  readonly bought: number;
}

/**
 * Figures of some days, in their order. What started, what ended and which units: by when it was so, not by when it was
 * written. No purchase is any doctor's. `OFFSET 0`: a day is found by its index, and then filtered by the doctor;
 * by the doctor's index, each day would read everything that the doctor ever did.
 */
export function findDays(days: readonly Period[], doctorId: number | null): Prisma.Sql {
  const ofDoctor = (condition: Prisma.Sql) => (doctorId === null ? Prisma.empty : condition);
  const isOfDoctor = ofDoctor(Prisma.sql`doctor_id = ${doctorId}::bigint AND`);
  const { active, ended } = doctorId === null ? EVERYBODYS : SOMEBODYS;
  const started = (state: Prisma.Sql) => Prisma.sql`(
      SELECT count(*) FROM text_appointment_sessions
      WHERE ${isOfDoctor} ${state} AND start_time >= day.begins AND start_time < day.ends)`;
  return Prisma.sql`
  WITH day AS MATERIALIZED (
    SELECT position, instant(begins_ms) AS begins, instant(ends_ms) AS ends
    FROM unnest(${bigintArray(days.map(({ from }) => from))}, ${bigintArray(days.map(({ to }) => to))})
      WITH ORDINALITY AS t (begins_ms, ends_ms, position)
  )${ofDoctor(Prisma.sql`, own AS MATERIALIZED (SELECT id FROM text_appointment_sessions WHERE doctor_id = ${doctorId}::bigint)`)}
  SELECT (${started(active)} + ${started(ended)})::float8 AS started, (
      SELECT json_object_agg(end_reason, sessions) FROM (
        SELECT end_reason, count(*) AS sessions FROM (
          SELECT end_reason, doctor_id FROM text_appointment_sessions
          WHERE end_reason IS NOT NULL AND ended_at >= day.begins AND ended_at < day.ends OFFSET 0
        ) AS ended WHERE ${isOfDoctor} true
        GROUP BY end_reason
      ) AS reason
    ) AS ended, units.*
  FROM day CROSS JOIN LATERAL (
    SELECT coalesce(-sum(units) FILTER (WHERE kind = 'charge'), 0)::float8 AS taken,
      coalesce(sum(units) FILTER (WHERE kind = 'refund' OR takes_back IS NOT NULL), 0)::float8 AS given_back,
      coalesce(sum(units) FILTER (WHERE reason = 'subscription'), 0)::float8 AS bought
    FROM (
      SELECT units, kind, reason, takes_back, session_id FROM ledger_entries
      WHERE effective_at >= day.begins AND effective_at < day.ends OFFSET 0
    ) AS entry
    ${ofDoctor(Prisma.sql`WHERE coalesce(session_id, (SELECT session_id FROM ledger_entries WHERE id = entry.takes_back)) IN (SELECT id FROM own)`)}
  ) AS units
  ORDER BY day.position`;
}

export interface HistoryRow {
  readonly is_known: boolean;
  /** The oldest first. */
  readonly points: readonly (readonly [at: number, grantId: number, balanceAfter: number])[];
}

/** What a patient's grants held after each of the newest entries. */
export const findHistory = (patientId: number, limit: number) => Prisma.sql`
  SELECT EXISTS (SELECT FROM accounts WHERE patient_id = ${patientId}::bigint) AS is_known, (
    SELECT coalesce(json_agg(json_build_array(epoch_ms(effective_at), grant_id, balance_after) ORDER BY id), '[]')
    FROM (
      SELECT id, effective_at, grant_id, balance_after FROM ledger_entries
      WHERE patient_id = ${patientId}::bigint ORDER BY id DESC LIMIT ${limit}::integer
    ) AS newest
  ) AS points`;

export interface NowRow {
  readonly now: number;
}

export const askNow = () => Prisma.sql`SELECT epoch_ms(session_clock())::float8 AS now`;
