import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LIVE_SESSIONS } from './activities.ts';
import type { Rig } from '../rig.ts';

const run = promisify(execFile);

/** The least that an activity can be in SQL: one row, found by its key, its time changed, and a commit. */
export const ONE_ROW = String.raw`
\set id random(1, ${LIVE_SESSIONS})
UPDATE text_appointment_sessions SET last_activity_time = session_clock()
WHERE appointment_id = :id AND is_active;
`;

/**
 * The least that a deduction can be: the session goes on to its next block, the ledger gets a charge, the grant loses
 * a unit, and a commit. No audit line, no rule, no lock of the account: nothing that a product could leave out so.
 */
export const threeRows = (sessions: number): string => String.raw`
\set id random(1, ${sessions})
WITH session AS (
  UPDATE text_appointment_sessions SET block_no = block_no + 1, sessions_used = sessions_used + 1,
    next_deadline_at = next_deadline_at + interval '10 minutes', updated_at = session_clock()
  WHERE id = :id AND is_active
  RETURNING id, patient_id, hold_grant_id, block_no, updated_at
), charge AS (
  INSERT INTO ledger_entries (patient_id, grant_id, session_id, interval_no, units, balance_after, effective_at,
    recorded_at, kind, reason, actor_role)
  SELECT s.patient_id, g.id, s.id, s.block_no, -1, g.remaining - 1, s.updated_at, s.updated_at, 'charge', 'interval',
    'system'
  FROM session s JOIN grants g ON g.id = s.hold_grant_id
  ON CONFLICT DO NOTHING RETURNING grant_id
)
UPDATE grants SET remaining = remaining - 1, updated_at = session_clock() FROM charge WHERE id = charge.grant_id;
`;

export interface PgbenchRound {
  readonly perSecond: number;
  readonly transactions: number;
}

/** PostgreSQL's own benchmark on the rig's database: prepared statements, a transaction each. */
export async function measurePgbench(
  rig: Pick<Rig, 'databaseUrl'>,
  load: { readonly clients: number; readonly seconds: number },
  sql: string = ONE_ROW,
): Promise<PgbenchRound> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-'));
  const script = join(directory, 'script.sql');
  try {
    await writeFile(script, sql);
    const url = new URL(rig.databaseUrl);
    const { stdout } = await run(
      'pgbench',
      [
        '-n',
        '--protocol=prepared',
        `--client=${load.clients}`,
        '--jobs=2',
        `--time=${load.seconds}`,
        `--file=${script}`,
        `--host=${url.hostname}`,
        `--port=${url.port}`,
        `--username=${url.username}`,
        url.pathname.slice(1),
      ],
      {
        env: { ...process.env, PGPASSWORD: decodeURIComponent(url.password) },
        timeout: (load.seconds + 60) * 1000,
      },
    );
    const [, tps] = /tps = ([\d.]+) \(without/.exec(stdout) ?? [];
    const [, done] = /transactions actually processed: (\d+)/.exec(stdout) ?? [];
    const [, failed] = /failed transactions: (\d+)/.exec(stdout) ?? [];
    if (tps === undefined || done === undefined || Number(failed ?? 0) > 0)
      throw new Error(`pgbench did not do what it was to do\n${stdout}`);
    return { perSecond: Number(tps), transactions: Number(done) };
  } finally {
    await rm(directory, { recursive: true });
  }
}
