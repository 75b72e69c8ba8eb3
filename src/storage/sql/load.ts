import type { Account, Session } from '../../billing/account.ts';
import type { CorrectableEntry } from '../../billing/corrections.ts';
import { type LedgerEntryId, sessionId, userId } from '../../billing/ids.ts';
import { instant } from '../../billing/time.ts';
import type { Loaded, Needs } from '../../sessions/store.ts';
import { Prisma } from '../client.ts';
import { at, bigintArray, type Columns, id, integer, orNull, reader, text } from '../columns.ts';
import {
  ACTIVE,
  actorFrom,
  APPOINTMENT,
  COUNTERS,
  ENDED,
  ENTRY,
  GRANT,
  MESSAGE,
  SESSION,
  SESSION_FACTS,
} from '../rows.ts';

/** A charge that was not given back. */
const STANDING = {
  sessionId: ENTRY.sessionId,
  intervalNo: integer('interval_no'),
  grantId: ENTRY.grantId,
} satisfies Columns;
const CORRECTABLE = {
  id: ENTRY.id,
  kind: ENTRY.kind,
  grantId: ENTRY.grantId,
  sessionId: ENTRY.sessionId,
  intervalNo: ENTRY.intervalNo,
  undoneByRole: orNull({ ...ENTRY.actorRole, name: 'undone_by_role' }),
  undoneBy: { ...ENTRY.actorId, name: 'undone_by' },
  undoneAt: orNull(at('undone_at')),
} satisfies Columns;
const CORRECTION = {
  admin: id('actor_id', userId),
  idempotencyKey: text('idempotency_key'),
  kind: ENTRY.kind,
  grantId: ENTRY.grantId,
  sessionId: ENTRY.sessionId,
  intervalNo: ENTRY.intervalNo,
  takesBack: ENTRY.takesBack,
  units: ENTRY.units,
  note: ENTRY.note,
} satisfies Columns;

const sessionReader = reader(SESSION, 'session');
const grantReader = reader(GRANT, 'units');
const standingReader = reader(STANDING, 'standing');
const appointmentReader = reader(APPOINTMENT, 'appointments');
const messageReader = reader(MESSAGE, 'm');
const entryReader = reader(CORRECTABLE, 'entry');
const correctionReader = reader(CORRECTION, 'e');

type Rows = readonly (readonly unknown[])[];

export interface LoadedRow {
  /** Rows as arrays. What was not asked for is not in it. */
  readonly document: {
    readonly now: number;
    readonly patients: readonly number[];
    readonly sessions: Rows;
    readonly grants: Rows;
    readonly standing: Rows;
    readonly appointments?: Rows;
    readonly messages?: Rows;
    readonly entries?: Rows;
    readonly corrections?: Rows;
    readonly new_session_ids?: readonly number[];
  };
}

/**
 * Everything that a batch may have to see, in one statement and so in one snapshot: the accounts' grants and
 * active sessions whole, and what the commands name. The clock is read after the last lock (R1).
 *
 * What no command asks for is not part of the statement: PostgreSQL sets up each part anew for every batch, also one that
 * finds nothing. `OFFSET 0` keeps each lookup a lookup, one by one through an index, also where the planner's statistics
 * of a table are out of date.
 *
 * With `isLocking`, sessions are locked too, in ascending order: an activity that takes the fast path
 * (touch.ts) takes no account's lock, and must not be overwritten by a batch that did not see it.
 */
export function loadAccounts(needs: Needs, patients: Prisma.Sql, isLocking: boolean): Prisma.Sql {
  const hasEntries = isAsked(needs.entries);
  return Prisma.sql`
  WITH account AS MATERIALIZED (${patients}),
  session AS MATERIALIZED (
    SELECT s.* FROM (${sessionIds(needs)} ORDER BY id) AS wanted
    CROSS JOIN LATERAL (
      SELECT * FROM text_appointment_sessions WHERE id = wanted.id
      OFFSET 0 ${isLocking ? Prisma.sql`FOR NO KEY UPDATE` : Prisma.empty}
    ) AS s
  ),
  clock AS MATERIALIZED (SELECT session_clock() AS now FROM (SELECT count(*) FROM session) AS locked),
  standing AS MATERIALIZED (
    SELECT s.id AS session_id, charge.interval_no, charge.grant_id
    FROM session s CROSS JOIN LATERAL (
      SELECT c.interval_no, c.grant_id FROM ledger_entries c
      WHERE c.session_id = s.id AND c.kind = 'charge' AND NOT EXISTS (
        SELECT FROM ledger_entries refund
        WHERE refund.kind = 'refund' AND refund.session_id = s.id AND refund.interval_no = c.interval_no
      )
      OFFSET 0
    ) AS charge
    WHERE s.is_active AND NOT s.has_doctor_activity AND s.policy ->> 'doctorResponseMs' IS NOT NULL
  ),
  ${hasEntries ? entriesNamed(needs.entries ?? []) : Prisma.empty}
  units AS MATERIALIZED (
    SELECT g.* FROM account CROSS JOIN LATERAL (
      SELECT * FROM grants WHERE patient_id = account.patient_id OFFSET 0
    ) AS g
    WHERE g.remaining > 0 OR g.expires_at IS NULL OR g.expires_at > (SELECT now FROM clock)
      OR g.id IN (SELECT grant_id FROM standing)
      ${isAsked(needs.grants) ? Prisma.sql`OR g.id = ANY (${bigintArray(needs.grants)})` : Prisma.empty}
      ${hasEntries ? Prisma.sql`OR g.id IN (SELECT grant_id FROM entry)` : Prisma.empty}
  )
  SELECT json_build_object(
    'now', (SELECT epoch_ms(now) FROM clock),
    'patients', (SELECT coalesce(json_agg(patient_id), '[]') FROM account),
    'sessions', (SELECT coalesce(json_agg(${sessionReader.sql}), '[]') FROM session),
    'grants', (SELECT coalesce(json_agg(${grantReader.sql}), '[]') FROM units),
    'standing', (SELECT coalesce(json_agg(${standingReader.sql} ORDER BY interval_no), '[]') FROM standing)
    ${Prisma.join(named(needs), '')}
  ) AS document`;
}

const isAsked = <Named>(list: readonly Named[] | undefined): list is readonly Named[] =>
  list !== undefined && list.length > 0;

/** Of the accounts' active sessions and of those that the commands name. */
function sessionIds({ sessions, appointments, entries }: Needs): Prisma.Sql {
  const ways = [
    Prisma.sql`SELECT id FROM text_appointment_sessions WHERE patient_id IN (SELECT patient_id FROM account) AND is_active`,
  ];
  if (isAsked(sessions)) ways.push(Prisma.sql`SELECT unnest(${bigintArray(sessions)})`);
  if (isAsked(appointments))
    ways.push(
      Prisma.sql`SELECT id FROM text_appointment_sessions WHERE appointment_id = ANY (${bigintArray(appointments)})`,
    );
  if (isAsked(entries))
    ways.push(Prisma.sql`SELECT session_id FROM ledger_entries WHERE id = ANY (${bigintArray(entries)})`);
  return Prisma.join(ways, ' UNION ');
}

/** With what undid each of them: the refund of a charge, or what took a refund back. */
const entriesNamed = (entries: readonly LedgerEntryId[]) => Prisma.sql`
  entry AS MATERIALIZED (
    SELECT e.*, undone.actor_role AS undone_by_role, undone.actor_id AS undone_by, undone.effective_at AS undone_at
    FROM ledger_entries e LEFT JOIN LATERAL (
      SELECT actor_role, actor_id, effective_at FROM ledger_entries refund
      WHERE e.kind = 'charge' AND refund.kind = 'refund'
        AND refund.session_id = e.session_id AND refund.interval_no = e.interval_no
      UNION ALL SELECT actor_role, actor_id, effective_at FROM ledger_entries WHERE takes_back = e.id
      LIMIT 1
    ) AS undone ON true
    WHERE e.id = ANY (${bigintArray(entries)})
  ),`;

/** The members of the document that only some commands need, each with the comma before it. */
function named({ appointments, messages, entries, corrections, newSessions = 0 }: Needs): Prisma.Sql[] {
  const members = [Prisma.empty];
  if (isAsked(appointments))
    members.push(
      Prisma.sql`, 'appointments', (SELECT coalesce(json_agg(${appointmentReader.sql}), '[]') FROM appointments WHERE id = ANY (${bigintArray(appointments)}))`,
    );
  if (isAsked(messages)) members.push(messagesNamed(messages));
  if (isAsked(entries))
    members.push(Prisma.sql`, 'entries', (SELECT coalesce(json_agg(${entryReader.sql}), '[]') FROM entry)`);
  if (isAsked(corrections)) members.push(correctionsNamed(corrections));
  if (newSessions > 0)
    members.push(Prisma.sql`, 'new_session_ids', (
      SELECT json_agg(nextval('text_appointment_sessions_id_seq')) FROM generate_series(1, ${newSessions}::integer))`);
  return members;
}

const messagesNamed = (messages: NonNullable<Needs['messages']>) => Prisma.sql`
    , 'messages', (SELECT coalesce(json_agg(${messageReader.sql}), '[]')
      FROM unnest(
        ${bigintArray(messages.map((message) => message.appointmentId))},
        ${messages.map((message) => message.clientMessageId)}::uuid[]
      ) AS wanted (appointment_id, client_message_id)
      JOIN session s ON s.appointment_id = wanted.appointment_id
      CROSS JOIN LATERAL (
        SELECT * FROM messages
        WHERE session_id = s.id AND client_message_id = wanted.client_message_id OFFSET 0
      ) AS m)`;

const correctionsNamed = (corrections: NonNullable<Needs['corrections']>) => Prisma.sql`
    , 'corrections', (SELECT coalesce(json_agg(${correctionReader.sql}), '[]')
      FROM unnest(
        ${bigintArray(corrections.map((correction) => correction.admin))},
        ${corrections.map((correction) => correction.idempotencyKey)}::text[]
      ) AS wanted (actor_id, idempotency_key)
      CROSS JOIN LATERAL (
        SELECT * FROM ledger_entries
        WHERE actor_id = wanted.actor_id AND idempotency_key = wanted.idempotency_key OFFSET 0
      ) AS e)`;

const factsOf = sessionReader.parserOf(SESSION_FACTS);
const idOf = sessionReader.parserOf({ id: SESSION.id });
const stateOf = sessionReader.parserOf({ isActive: SESSION.isActive });
const activeOf = sessionReader.parserOf(ACTIVE);
const endedOf = sessionReader.parserOf(ENDED);
const countersOf = sessionReader.parserOf(COUNTERS);
const chargedOf = standingReader.parserOf({ sessionId: ENTRY.sessionId });
const chargeOf = standingReader.parserOf({ intervalNo: STANDING.intervalNo, grantId: ENTRY.grantId });

function correctableFrom(row: readonly unknown[]): CorrectableEntry {
  const { undoneByRole: actorRole, undoneBy: actorId, undoneAt, ...entry } = entryReader.parse(row);
  const isUndone = actorRole !== null && undoneAt !== null;
  return { ...entry, undone: isUndone ? { by: actorFrom({ actorRole, actorId }), at: undoneAt } : null };
}

/** What was loaded, as the commands know it. @throws where a row says what no row may say. */
export function loadedFrom({ document }: LoadedRow): Loaded {
  const charges = Map.groupBy(document.standing, (row) => chargedOf(row).sessionId);
  const sessions = document.sessions.map((row): Session => {
    const facts = factsOf(row);
    if (!stateOf(row).isActive) return { ...facts, state: 'ended', ...endedOf(row) };
    const standingCharges = (charges.get(facts.id) ?? []).map(chargeOf);
    return { ...facts, state: 'active', ...activeOf(row), standingCharges };
  });
  const sessionsOf = Map.groupBy(sessions, ({ patientId }) => patientId);
  const grantsOf = Map.groupBy(document.grants.map(grantReader.parse), ({ patientId }) => patientId);
  return {
    now: instant(document.now),
    accounts: document.patients.map(userId).map((patientId): Account => ({
      patientId,
      grants: grantsOf.get(patientId) ?? [],
      sessions: sessionsOf.get(patientId) ?? [],
    })),
    counters: new Map(document.sessions.map((row) => [idOf(row).id, countersOf(row)])),
    appointments: (document.appointments ?? []).map(appointmentReader.parse),
    messages: (document.messages ?? []).map(messageReader.parse),
    entries: new Map((document.entries ?? []).map(correctableFrom).map((entry) => [entry.id, entry])),
    corrections: (document.corrections ?? []).map(correctionReader.parse),
    newSessionIds: (document.new_session_ids ?? []).map(sessionId),
  };
}
