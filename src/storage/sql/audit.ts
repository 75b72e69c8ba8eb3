import type { AuditRequest } from '../../audit/audit.ts';
import { Prisma } from '../client.ts';
import { beginOf, isWithin } from './period.ts';

export interface AuditedAccountRow {
  readonly patient_id: number;
  /** Lines of its audit log. */
  readonly events: number;
  /** The position of the account in the order of the pages. */
  readonly position_ms: number;
  readonly position_id: number;
}

export interface AuditCursor {
  readonly positionMs: number;
  readonly positionId: number;
}

type EndPeriod = Pick<AuditRequest, 'from' | 'to' | 'by'>;

/**
 * One page of the accounts that a request speaks of. Three statements and not one with conditions that may be off: a
 * plan that is made once a connection finds nothing by those.
 */
export function findAuditedAccounts(request: AuditRequest, after: AuditCursor | null, limit: number) {
  const { patientId, from, to } = request;
  if (patientId !== null) return findAccountOfPatient(patientId, request);
  return from === null && to === null
    ? findAllAccounts(after, limit)
    : findAccountsOfPeriod(request, after, limit);
}

const eventsOf = (patient: Prisma.Sql) => Prisma.sql`(
  SELECT coalesce(sum(event_count), 0)::float8 FROM text_appointment_sessions WHERE patient_id = ${patient})`;

/** That the session `of` this name ended in the period, by the end or by when it was written down. */
const endedIn = (of: string, { by, ...period }: EndPeriod) =>
  isWithin(Prisma.raw(`${of}.${by === 'ended' ? 'ended_at' : 'end_recorded_at'}`), period);

/** One page of all accounts there are, by their patients. */
const findAllAccounts = (after: AuditCursor | null, limit: number) => Prisma.sql`
  SELECT a.patient_id::float8 AS patient_id, ${eventsOf(Prisma.sql`a.patient_id`)} AS events,
    0::float8 AS position_ms, a.patient_id::float8 AS position_id
  FROM accounts a
  WHERE a.patient_id > ${after?.positionId ?? 0}::bigint
  ORDER BY a.patient_id
  LIMIT ${limit}::integer`;

/**
 * One page of the accounts of which a session ended in a period, each once: at the first of those sessions, in the
 * order in which their ends were written down. No end is written down before it comes.
 */
function findAccountsOfPeriod(period: EndPeriod, after: AuditCursor | null, limit: number) {
  return Prisma.sql`
  SELECT s.patient_id::float8 AS patient_id, ${eventsOf(Prisma.sql`s.patient_id`)} AS events,
    epoch_ms(s.end_recorded_at)::float8 AS position_ms, s.id::float8 AS position_id
  FROM text_appointment_sessions s
  WHERE s.is_ended AND s.end_recorded_at >= ${beginOf(period)} AND ${endedIn('s', period)}
    AND (s.end_recorded_at, s.id) > (
      coalesce(instant(${after?.positionMs ?? null}::bigint), '-infinity'), ${after?.positionId ?? 0}::bigint
    )
    AND NOT EXISTS (
      SELECT FROM text_appointment_sessions earlier
      WHERE earlier.patient_id = s.patient_id AND earlier.is_active = false
        AND ${endedIn('earlier', period)}
        AND (earlier.end_recorded_at, earlier.id) < (s.end_recorded_at, s.id)
    )
  ORDER BY s.end_recorded_at, s.id
  LIMIT ${limit}::integer`;
}

/**
 * The account of one patient: no row where there is none, or where no session of it ended in the period asked about.
 * `is_active = false` and not `is_ended`, which would let PostgreSQL walk the index of everybody's ends.
 */
function findAccountOfPatient(patientId: number, period: EndPeriod) {
  const endedThen = Prisma.sql`AND EXISTS (
    SELECT FROM text_appointment_sessions s
    WHERE s.patient_id = a.patient_id AND s.is_active = false
      AND ${endedIn('s', period)}
  )`;
  return Prisma.sql`
  SELECT a.patient_id::float8 AS patient_id, ${eventsOf(Prisma.sql`a.patient_id`)} AS events,
    0::float8 AS position_ms, a.patient_id::float8 AS position_id
  FROM accounts a
  WHERE a.patient_id = ${patientId}::bigint
    ${period.from === null && period.to === null ? Prisma.empty : endedThen}`;
}

export interface AuditedSessionsRow {
  readonly sessions: number;
}

/**
 * How many sessions ended in a period, of one patient or of all; counts no further than `limit`. One patient's are
 * `is_active = false` and not `is_ended`, which would let PostgreSQL walk the index of everybody's ends.
 */
export function countAuditedSessions({ patientId, ...period }: AuditRequest, limit: number) {
  const whose =
    patientId === null
      ? Prisma.sql`is_ended AND end_recorded_at >= ${beginOf(period)}`
      : Prisma.sql`patient_id = ${patientId}::bigint AND is_active = false`;
  return Prisma.sql`
  SELECT count(*)::float8 AS sessions FROM (
    SELECT FROM text_appointment_sessions
    WHERE ${whose} AND ${isWithin(Prisma.sql`ended_at`, period)}
    LIMIT ${limit}::integer
  ) AS ended`;
}
