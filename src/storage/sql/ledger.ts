import { appointmentId, ledgerEntryId, userId } from '../../billing/ids.ts';
import type { LedgerFilter } from '../../sessions/console-store.ts';
import type { LedgerRecord } from '../../sessions/records.ts';
import { Prisma } from '../client.ts';
import { bigintArray, type Columns, id, orNull, reader } from '../columns.ts';
import { actorFrom, ENTRY } from '../rows.ts';

const { idempotencyKey: _key, details: _details, ...WRITTEN } = ENTRY;
const SHOWN = { ...WRITTEN, takesBack: orNull(id('takes_back', ledgerEntryId)) } satisfies Columns;
/** Whose session it was; both null where it was none. */
const SESSION = {
  doctorId: orNull(id('doctor_id', userId)),
  appointmentId: orNull(id('appointment_id', appointmentId)),
} satisfies Columns;

const entryReader = reader(SHOWN, 'e');
const sessionReader = reader(SESSION, 's');

export interface EntryOfLedgerRow {
  readonly entry: readonly unknown[];
  readonly session: readonly unknown[];
}

export function ledgerRecordFrom({ entry, session }: EntryOfLedgerRow): LedgerRecord {
  const { actorRole, actorId, ...read } = entryReader.parse(entry);
  return { ...read, ...sessionReader.parse(session), actor: actorFrom({ actorRole, actorId }) };
}

/** Entries with whose sessions they were. The page is made first: each of its sessions is then looked up by its key. */
const withSessions = (page: Prisma.Sql, order: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT ${entryReader.sql} AS entry, ${sessionReader.sql} AS session
  FROM (${page}) AS e
  LEFT JOIN LATERAL (
    SELECT doctor_id, appointment_id FROM text_appointment_sessions WHERE id = e.session_id OFFSET 0
  ) AS s ON true
  ORDER BY ${order}`;

const BY_NUMBER = Prisma.sql`id`;
const BY_TIME = Prisma.sql`effective_at, id`;

export interface LedgerEndRow {
  readonly complete_to: number;
}

/**
 * The number up to which no entry can appear any more, because nobody is at writing one: a list that is followed by its
 * numbers ends there, for now. A statement of its own, before the one that reads: the function says why.
 */
export const findLedgerEnd = () => Prisma.sql`SELECT ledger_complete_to()::float8 AS complete_to`;

/** One page of the ledger by the numbers of its entries. */
export function findEntriesByNumber(filter: LedgerFilter, completeTo: number, limit: number): Prisma.Sql {
  const place = Prisma.sql`id > ${filter.cursor?.entryId ?? 0}::bigint AND id <= ${completeTo}::bigint`;
  return findPage(filter, [place], BY_NUMBER, limit);
}

/** One page of the ledger by when its entries were due, from the beginning or after one of them. */
export function findEntriesByTime(filter: LedgerFilter, limit: number): Prisma.Sql {
  const { cursor } = filter;
  if (cursor === null) return findPage(filter, [], BY_TIME, limit);
  const { effectiveAt, entryId } = cursor;
  const place = Prisma.sql`(effective_at, id) > (instant(${effectiveAt}::bigint), ${entryId}::bigint)`;
  return findPage(filter, [place], BY_TIME, limit);
}

/** Each combination of filters is a statement of its own: a plan that is made once finds nothing by one that may be off. */
function findPage(filter: LedgerFilter, place: readonly Prisma.Sql[], order: Prisma.Sql, limit: number) {
  const { patientId, doctorId, from, to } = filter;
  const conditions = [
    ...place,
    ...(patientId === null ? [] : [Prisma.sql`patient_id = ${patientId}::bigint`]),
    ...(doctorId === null ? [] : [isOfDoctor(doctorId)]),
    ...(from === null ? [] : [Prisma.sql`effective_at >= instant(${from}::bigint)`]),
    ...(to === null ? [] : [Prisma.sql`effective_at < instant(${to}::bigint)`]),
    Prisma.sql`true`,
  ];
  const page = Prisma.sql`
    SELECT * FROM ${sourceOf(filter, order)} AS l WHERE ${Prisma.join(conditions, ' AND ')}
    ORDER BY ${order} LIMIT ${limit}::integer`;
  return withSessions(page, order);
}

/** Where to look: with the session, else with the patient, else with the doctor, else in the ledger as it lies. */
function sourceOf({ patientId, doctorId, sessionId }: LedgerFilter, order: Prisma.Sql): Prisma.Sql {
  if (sessionId !== null) return ofSessions(Prisma.sql`SELECT ${sessionId}::bigint AS id`);
  if (patientId !== null && order === BY_TIME)
    // A plan that is made once knows no period: it would look through everybody's entries of a long one.
    return Prisma.sql`(SELECT * FROM ledger_entries WHERE patient_id = ${patientId}::bigint OFFSET 0)`;
  if (patientId === null && doctorId !== null)
    return ofSessions(
      Prisma.sql`SELECT id FROM text_appointment_sessions WHERE doctor_id = ${doctorId}::bigint`,
    );
  return Prisma.sql`ledger_entries`;
}

/** One entry's session at a time, by its key. */
const isOfDoctor = (doctorId: number) => Prisma.sql`(
      SELECT doctor_id FROM text_appointment_sessions WHERE id = l.session_id) = ${doctorId}::bigint`;

/** The entries of some sessions. Only charges and refunds speak of a session, and each of the two has its index. */
const ofSessions = (sessions: Prisma.Sql): Prisma.Sql => Prisma.sql`(
      SELECT entry.* FROM (${sessions}) AS wanted CROSS JOIN LATERAL (
        SELECT * FROM ledger_entries WHERE session_id = wanted.id AND kind = 'charge'
        UNION ALL SELECT * FROM ledger_entries WHERE session_id = wanted.id AND kind = 'refund'
        OFFSET 0
      ) AS entry)`;

/** All entries of some sessions, in the order in which they were written. */
export const findEntriesOfSessions = (sessions: readonly number[]) =>
  withSessions(ofSessions(Prisma.sql`SELECT unnest(${bigintArray(sessions)}) AS id`), BY_NUMBER);

/** The adjustments that take these refunds back. With `IS NOT NULL` they are found by their index. */
export const findTakeBacks = (refunds: readonly number[]) =>
  withSessions(
    Prisma.sql`SELECT * FROM ledger_entries WHERE takes_back IS NOT NULL AND takes_back = ANY (${bigintArray(refunds)})`,
    BY_NUMBER,
  );

export const findEntry = (entryId: number) =>
  withSessions(Prisma.sql`SELECT * FROM ledger_entries WHERE id = ${entryId}::bigint`, BY_NUMBER);

/** The entry that a correction of this admin made under this key. */
export const findCorrection = (admin: number, idempotencyKey: string) =>
  withSessions(
    Prisma.sql`SELECT * FROM ledger_entries WHERE actor_id = ${admin}::bigint AND idempotency_key = ${idempotencyKey}::text`,
    BY_NUMBER,
  );
