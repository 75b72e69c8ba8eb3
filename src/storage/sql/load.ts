import type { LedgerEntryId } from '../../billing/ids.ts';
import type { Needs } from '../../sessions/store.ts';
import { Prisma } from '../client.ts';
import { bigintArray } from './bigint-array.ts';
import type { LoadedDocument } from '../loaded-document.ts';

export interface LoadedRow {
  readonly document: LoadedDocument;
}

/**
 * Everything that a batch may have to see, in one statement and so in one picture: the accounts' grants and
 * active sessions whole, and what the commands name. The clock is read after the last lock (R1).
 *
 * What nobody asks for has no part in the statement: PostgreSQL prepares each part anew for every batch, also one that
 * finds nothing. `OFFSET 0` keeps each lookup a lookup: one by one through an index, whatever the planner believes of
 * a table that grew since it was last counted.
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
    'sessions', (SELECT coalesce(json_agg(json_build_array(
        id, appointment_id, patient_id, doctor_id, is_active, has_patient_activity, has_doctor_activity, sessions_used,
        block_no, event_count, message_count, epoch_ms(last_activity_time), epoch_ms(start_time),
        epoch_ms(first_patient_activity_at), epoch_ms(next_deadline_at), hold_grant_id, epoch_ms(ended_at),
        epoch_ms(end_recorded_at), end_units, end_reason, policy
      )), '[]') FROM session),
    'grants', (SELECT coalesce(json_agg(json_build_array(
        id, patient_id, units_subscribed, units_total, remaining, held, epoch_ms(starts_at), epoch_ms(expires_at)
      )), '[]') FROM units),
    'standing', (SELECT coalesce(json_agg(json_build_array(session_id, interval_no, grant_id)
      ORDER BY interval_no), '[]') FROM standing)
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

const entriesNamed = (entries: readonly LedgerEntryId[]) => Prisma.sql`
  entry AS MATERIALIZED (
    SELECT e.*, EXISTS (
      SELECT FROM ledger_entries refund
      WHERE refund.kind = 'refund' AND refund.session_id = e.session_id AND refund.interval_no = e.interval_no
    ) AS is_refunded
    FROM ledger_entries e WHERE e.id = ANY (${bigintArray(entries)})
  ),`;

/** The members of the document that only some commands need, each with the comma before it. */
function named({ appointments, messages, entries, corrections, newSessions = 0 }: Needs): Prisma.Sql[] {
  const members = [Prisma.empty];
  if (isAsked(appointments))
    members.push(Prisma.sql`, 'appointments', (SELECT coalesce(json_agg(json_build_array(
        id, patient_id, doctor_id, type, status, epoch_ms(scheduled_at), time_zone
      )), '[]') FROM appointments WHERE id = ANY (${bigintArray(appointments)}))`);
  if (isAsked(messages)) members.push(messagesNamed(messages));
  if (isAsked(entries))
    members.push(Prisma.sql`, 'entries', (SELECT coalesce(json_agg(json_build_array(
        id, kind, grant_id, session_id, interval_no, is_refunded
      )), '[]') FROM entry)`);
  if (isAsked(corrections)) members.push(correctionsNamed(corrections));
  if (newSessions > 0)
    members.push(Prisma.sql`, 'new_session_ids', (
      SELECT json_agg(nextval('text_appointment_sessions_id_seq')) FROM generate_series(1, ${newSessions}::integer))`);
  return members;
}

const messagesNamed = (messages: NonNullable<Needs['messages']>) => Prisma.sql`
    , 'messages', (SELECT coalesce(json_agg(json_build_array(
        m.session_id, m.message_no, m.client_message_id, m.sender_id, m.sender_role, epoch_ms(m.sent_at), m.text
      )), '[]')
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
    , 'corrections', (SELECT coalesce(json_agg(json_build_array(
        e.actor_id, e.idempotency_key, e.kind, e.grant_id, e.session_id, e.interval_no, e.units, e.note
      )), '[]')
      FROM unnest(
        ${bigintArray(corrections.map((correction) => correction.admin))},
        ${corrections.map((correction) => correction.idempotencyKey)}::text[]
      ) AS wanted (actor_id, idempotency_key)
      CROSS JOIN LATERAL (
        SELECT * FROM ledger_entries
        WHERE actor_id = wanted.actor_id AND idempotency_key = wanted.idempotency_key OFFSET 0
      ) AS e)`;
