import type { Client } from 'pg';

// What the database says of the charges. Every instant is its clock's, in ms since 1970.

export async function databaseNowMs(sql: Client): Promise<number> {
  const { rows } = await sql.query<{ now: number }>('SELECT epoch_ms(session_clock())::float8 AS now');
  return rows[0]?.now ?? Number.NaN;
}

/** The earliest deadline of an active session. */
export async function firstDeadlineMs(sql: Client): Promise<number> {
  const { rows } = await sql.query<{ at: number | null }>(
    'SELECT epoch_ms(min(next_deadline_at))::float8 AS at FROM text_appointment_sessions WHERE is_active',
  );
  return rows[0]?.at ?? Number.NaN;
}

/** The latest deadline of an active session. */
export async function lastDeadlineMs(sql: Client): Promise<number> {
  const { rows } = await sql.query<{ at: number | null }>(
    'SELECT epoch_ms(max(next_deadline_at))::float8 AS at FROM text_appointment_sessions WHERE is_active',
  );
  return rows[0]?.at ?? Number.NaN;
}

/** From the first charge to the last; those recorded at the first instant were done before it, and do not count. */
export async function chargesPerSecond(sql: Client): Promise<number> {
  const { rows } = await sql.query<{ rate: number | null }>(
    `SELECT (count(*) FILTER (WHERE recorded_at > first)
         / nullif(extract(epoch FROM max(recorded_at) - min(first)), 0))::float8 AS rate
     FROM ledger_entries, (SELECT min(recorded_at) AS first FROM ledger_entries WHERE kind = 'charge') AS begun
     WHERE kind = 'charge'`,
  );
  return rows[0]?.rate ?? 0;
}

/** When the last charge was recorded. */
export async function lastChargeMs(sql: Client): Promise<number> {
  const { rows } = await sql.query<{ at: number }>(
    `SELECT epoch_ms(max(recorded_at))::float8 AS at FROM ledger_entries WHERE kind = 'charge'`,
  );
  return rows[0]?.at ?? Number.NaN;
}

export async function countCharges(sql: Client): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM ledger_entries WHERE kind = 'charge'`,
  );
  return rows[0]?.count ?? Number.NaN;
}

/** How late each charge was that was due in `[fromMs, toMs)`: the instant it was recorded less the instant it was due. */
export async function latenessOfCharges(
  sql: Client,
  fromMs: number,
  toMs: number,
): Promise<readonly number[]> {
  const { rows } = await sql.query<{ late: number }>(
    `SELECT (epoch_ms(recorded_at) - epoch_ms(effective_at))::float8 AS late FROM ledger_entries
     WHERE kind = 'charge' AND effective_at >= instant($1) AND effective_at < instant($2)`,
    [fromMs, toMs],
  );
  return rows.map(({ late }) => late);
}

/** Whether every charge that was due before `untilMs` is there. */
export async function isChargedUntil(sql: Client, untilMs: number): Promise<boolean> {
  const { rows } = await sql.query<{ isDue: boolean }>(
    `SELECT EXISTS (
       SELECT FROM text_appointment_sessions WHERE is_active AND next_deadline_at < instant($1)) AS "isDue"`,
    [untilMs],
  );
  return rows[0]?.isDue === false;
}

/** Active sessions whose deadline passed more than so many ms ago. */
export async function overdueSessions(sql: Client, byMs: number): Promise<number> {
  const { rows } = await sql.query<{ overdue: number }>(
    `SELECT count(*)::integer AS overdue FROM text_appointment_sessions
     WHERE is_active AND next_deadline_at < session_clock() - $1::integer * interval '1 ms'`,
    [byMs],
  );
  return rows[0]?.overdue ?? Number.NaN;
}

export interface ChargeFlaws {
  readonly lost: number;
  readonly doubled: number;
  /** Balances that are not the sum of their entries. */
  readonly untrue: number;
}

/**
 * What is wrong where each session should have had exactly the charges of the blocks that ended before `untilMs`,
 * and as many as its rows say.
 */
export async function flawsOfCharges(sql: Client, untilMs: number): Promise<ChargeFlaws> {
  // Where autovacuum was not here yet, the joins below are planned for an empty ledger, and take most of a minute.
  await sql.query('ANALYZE ledger_entries, grants, text_appointment_sessions');
  const { rows } = await sql.query<ChargeFlaws>(
    `SELECT
       (SELECT count(*)::integer FROM text_appointment_sessions
        WHERE is_active AND next_deadline_at < instant($1)) AS lost,
       (SELECT count(*)::integer FROM (
          SELECT FROM text_appointment_sessions s LEFT JOIN ledger_entries e ON e.session_id = s.id AND e.kind = 'charge'
          GROUP BY s.id HAVING s.sessions_used <> count(e.id) OR count(e.id) <> coalesce(max(e.interval_no), 0)
        ) AS wrong) AS doubled,
       (SELECT count(*)::integer FROM (
          SELECT FROM grants g JOIN ledger_entries e ON e.grant_id = g.id
          GROUP BY g.id HAVING g.remaining <> sum(e.units)) AS wrong) AS untrue`,
    [untilMs],
  );
  const [flaws] = rows;
  if (flaws === undefined) throw new Error('the database did not count the charges');
  return flaws;
}

/** @throws where a charge that was due before `untilMs` is missing or doubled, or a balance is untrue. */
export async function expectNoFlaws(sql: Client, untilMs: number): Promise<void> {
  const flaws = await flawsOfCharges(sql, untilMs);
  if (flaws.lost + flaws.doubled + flaws.untrue > 0)
    throw new Error(`the ledger is not exact after the round: ${JSON.stringify(flaws)}`);
}
