import { appointmentId, ledgerEntryId, type UserId, userId } from '../../billing/ids.ts';
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

export interface LedgerEndRow {
  readonly complete_to: number;
}

/**
 * The number up to which no entry can appear any more, because no transaction is writing one: a list that is followed by its
 * numbers ends there, for now. A statement of its own, before the one that reads: the function says why.
 */
export const findLedgerEnd = () => Prisma.sql`SELECT ledger_complete_to()::float8 AS complete_to`;

/** By the numbers of its entries, up to one; or by when its entries were due. */
export type LedgerOrder = { readonly by: 'number'; readonly completeTo: number } | { readonly by: 'time' };

const COLUMNS = { number: Prisma.sql`id`, time: Prisma.sql`effective_at, id` };

/** One page of the ledger. */
export function findEntries(filter: LedgerFilter, order: LedgerOrder, limit: number): Prisma.Sql {
  const { patientId, doctorId } = filter;
  const conditions = [
    ...stretchOf(filter, order),
    ...(patientId === null ? [] : [Prisma.sql`patient_id = ${patientId}::bigint`]),
    ...(doctorId === null ? [] : [isOfDoctor(doctorId)]),
  ];
  return findPage(sourceOf(filter), conditions, order, limit);
}

/** The entries of a doctor among the next `near` ones of the ledger, in the same order. */
export function findNearEntriesOfDoctor(
  filter: LedgerFilter & { readonly doctorId: UserId },
  order: LedgerOrder,
  limit: number,
  near: number,
): Prisma.Sql {
  const stretch = Prisma.sql`(
      SELECT * FROM ledger_entries WHERE ${Prisma.join(stretchOf(filter, order), ' AND ')}
      ORDER BY ${COLUMNS[order.by]} LIMIT ${near}::integer)`;
  return findPage(stretch, [isOfDoctor(filter.doctorId)], order, limit);
}

export interface GoesOnRow {
  readonly goes_on: boolean;
}

/** Whether there are more than `near` entries to come, of any doctor. */
export const askWhetherLedgerGoesOn = (filter: LedgerFilter, order: LedgerOrder, near: number) => Prisma.sql`
  SELECT EXISTS (
    SELECT FROM ledger_entries WHERE ${Prisma.join(stretchOf(filter, order), ' AND ')}
    ORDER BY ${COLUMNS[order.by]} OFFSET ${near}::integer
  ) AS goes_on`;

/** Which part of the ledger: after the cursor, and in the period. */
function stretchOf({ cursor, from, to }: LedgerFilter, order: LedgerOrder): readonly Prisma.Sql[] {
  const position =
    order.by === 'number'
      ? [Prisma.sql`id > ${cursor?.entryId ?? 0}::bigint`, Prisma.sql`id <= ${order.completeTo}::bigint`]
      : cursor === null
        ? [Prisma.sql`true`]
        : [
            Prisma.sql`(effective_at, id) > (instant(${cursor.effectiveAt}::bigint), ${cursor.entryId}::bigint)`,
          ];
  return [
    ...position,
    ...(from === null ? [] : [Prisma.sql`effective_at >= instant(${from}::bigint)`]),
    ...(to === null ? [] : [Prisma.sql`effective_at < instant(${to}::bigint)`]),
  ];
}

/** Each combination of filters is a statement of its own: a plan that is made once finds nothing by one that may be off. */
function findPage(
  source: Prisma.Sql,
  conditions: readonly Prisma.Sql[],
  { by }: LedgerOrder,
  limit: number,
): Prisma.Sql {
  const page = Prisma.sql`
    SELECT * FROM ${source} AS l WHERE ${Prisma.join([...conditions], ' AND ')}
    ORDER BY ${COLUMNS[by]} LIMIT ${limit}::integer`;
  return withSessions(page, COLUMNS[by]);
}

/** What to find it by: the session, else the doctor, else the patient or the position in the ledger. */
function sourceOf({ patientId, doctorId, sessionId }: LedgerFilter): Prisma.Sql {
  if (sessionId !== null) return ofSessions(Prisma.sql`SELECT ${sessionId}::bigint AS id`);
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
  withSessions(ofSessions(Prisma.sql`SELECT unnest(${bigintArray(sessions)}) AS id`), COLUMNS.number);

/** The adjustments that take these refunds back. With `IS NOT NULL` they are found by their index. */
export const findTakeBacks = (refunds: readonly number[]) =>
  withSessions(
    Prisma.sql`SELECT * FROM ledger_entries WHERE takes_back IS NOT NULL AND takes_back = ANY (${bigintArray(refunds)})`,
    COLUMNS.number,
  );

export const findEntry = (entryId: number) =>
  withSessions(Prisma.sql`SELECT * FROM ledger_entries WHERE id = ${entryId}::bigint`, COLUMNS.number);

/** The entry that a correction of this admin made under this key. */
export const findCorrection = (admin: number, idempotencyKey: string) =>
  withSessions(
    Prisma.sql`SELECT * FROM ledger_entries WHERE actor_id = ${admin}::bigint AND idempotency_key = ${idempotencyKey}::text`,
    COLUMNS.number,
  );
