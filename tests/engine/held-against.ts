/** Whether a database is whole after a fault, and holds what was acknowledged before it and during it. */
import type { Client } from 'pg';
import { expect } from 'vitest';
import { withServer } from '../../tools/kit/server.ts';
import { type Journal, type Ward, WARD_INTERVAL_MS } from './ward.ts';

/** From the end of a fault until every patient is served again: the server's recovery, and one more try of each caller. */
export const RECOVERY_LIMIT_MS = 20_000;

/** Lets the patients finish, and holds what is stored against what was acknowledged. */
export async function expectAllIsWell(ward: Ward, url: string): Promise<void> {
  expect(await ward.untilAllAreServed()).toBeLessThan(RECOVERY_LIMIT_MS);
  await ward.discharge();
  await withServer(url, async (sql) => {
    expect(await findLost(sql, ward.journal)).toEqual([]);
    expect(await findWrong(sql)).toEqual([]);
  });
}

/** Whatever must not be there, each question with its own words. None finds a row in a database that is whole. */
const WRONG: Readonly<Record<string, string>> = {
  'a grant is not the sum of its ledger': `
    SELECT g.id, g.remaining, sum(e.units) FROM grants g LEFT JOIN ledger_entries e ON e.grant_id = g.id
    GROUP BY g.id HAVING g.remaining IS DISTINCT FROM sum(e.units)`,
  'an entry does not say what was left after it': `
    SELECT id FROM (SELECT id, balance_after, sum(units) OVER (PARTITION BY grant_id ORDER BY id) AS true_balance
      FROM ledger_entries) AS e WHERE balance_after <> true_balance`,
  'a block was charged twice': `
    SELECT session_id, interval_no FROM ledger_entries WHERE kind = 'charge'
    GROUP BY session_id, interval_no HAVING count(*) > 1`,
  'a session does not agree with its charges, or left a block out': `
    SELECT s.id, s.sessions_used, count(e.id), max(e.interval_no) FROM text_appointment_sessions s
    LEFT JOIN ledger_entries e ON e.session_id = s.id AND e.kind = 'charge'
    GROUP BY s.id HAVING s.sessions_used <> count(e.id) OR coalesce(max(e.interval_no), 0) <> count(e.id)`,
  'an ended session was not charged each block that it had begun, and no other': `
    SELECT id, sessions_used FROM text_appointment_sessions
    WHERE is_ended AND sessions_used <> ceil((epoch_ms(ended_at) - epoch_ms(start_time)) / ${WARD_INTERVAL_MS}.0)`,
  'a charge is not effective at its boundary or at the end': `
    SELECT e.id FROM ledger_entries e JOIN text_appointment_sessions s ON s.id = e.session_id
    WHERE e.kind = 'charge' AND e.effective_at IS DISTINCT FROM
      least(s.start_time + e.interval_no * interval '${WARD_INTERVAL_MS} ms', s.ended_at)`,
  'a grant holds what no session needs': `
    SELECT g.id FROM grants g LEFT JOIN text_appointment_sessions s ON s.hold_grant_id = g.id
    GROUP BY g.id HAVING g.held <> count(s.id)`,
  'the audit log has a gap': `
    SELECT s.id FROM text_appointment_sessions s LEFT JOIN session_events e ON e.session_id = s.id
    GROUP BY s.id HAVING s.event_count <> count(e.event_no) OR coalesce(max(e.event_no), 0) <> count(e.event_no)`,
  'the messages have a gap': `
    SELECT s.id FROM text_appointment_sessions s LEFT JOIN messages m ON m.session_id = s.id
    GROUP BY s.id HAVING s.message_count <> count(m.message_no) OR coalesce(max(m.message_no), 0) <> count(m.message_no)`,
};

/** Each thing that must not be and is, in words. Empty where the database is whole. */
export async function findWrong(sql: Pick<Client, 'query'>): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [words, question] of Object.entries(WRONG)) {
    const { rows } = await sql.query(question);
    if (rows.length > 0) found.push(`${words}: ${JSON.stringify(rows.slice(0, 3))}`);
  }
  return found;
}

/** What was acknowledged and is not stored, or is stored twice. */
async function findLost(sql: Pick<Client, 'query'>, journal: Journal): Promise<readonly string[]> {
  const messages = await sql.query<{ id: string }>('SELECT client_message_id AS id FROM messages');
  const keys = await sql.query<{ id: string }>(
    'SELECT idempotency_key AS id FROM ledger_entries WHERE idempotency_key IS NOT NULL',
  );
  const sessions = await sql.query<{ id: number; is_ended: boolean; last_ms: number }>(
    `SELECT id::integer, is_ended, coalesce(epoch_ms(last_activity_time), 0)::float8 AS last_ms
     FROM text_appointment_sessions`,
  );
  const stored = new Map(sessions.rows.map((row) => [row.id, row]));
  return [
    ...notOnceIn(messages.rows, journal.messages).map((id) => `message ${id}`),
    ...notOnceIn(keys.rows, journal.adjustments).map((id) => `adjustment ${id}`),
    ...[...journal.sessions]
      .filter(([id, { lastActivityMs }]) => (stored.get(id)?.last_ms ?? -1) < lastActivityMs)
      .map(([id]) => `session ${id}, or an activity in it`),
    ...[...journal.ended].filter((id) => stored.get(id)?.is_ended !== true).map((id) => `the end of ${id}`),
  ];
}

function notOnceIn(rows: readonly { readonly id: string }[], acknowledged: ReadonlySet<string>): string[] {
  const times = new Map<string, number>();
  for (const { id } of rows) times.set(id, (times.get(id) ?? 0) + 1);
  return [...acknowledged].filter((id) => times.get(id) !== 1);
}
