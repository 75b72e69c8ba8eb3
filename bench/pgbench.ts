import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LIVE_SESSIONS } from './activities.ts';
import type { Rig } from './rig.ts';

const run = promisify(execFile);

/** The least that an activity can be in SQL: one row, found by its key, its time changed, and a commit. */
const ONE_ROW = String.raw`
\set id random(1, ${LIVE_SESSIONS})
UPDATE text_appointment_sessions SET last_activity_time = session_clock(), updated_at = session_clock()
WHERE appointment_id = :id AND is_active;
`;

/** Transactions per second of PostgreSQL's own benchmark, with prepared statements. */
export async function measurePgbench(
  rig: Rig,
  load: { readonly clients: number; readonly seconds: number },
): Promise<{ readonly perSecond: number }> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-'));
  const script = join(directory, 'one-row.sql');
  try {
    await writeFile(script, ONE_ROW);
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
      { env: { ...process.env, PGPASSWORD: decodeURIComponent(url.password) } },
    );
    const [, tps] = /tps = ([\d.]+) \(without/.exec(stdout) ?? [];
    if (tps === undefined) throw new Error(`pgbench did not say how many: ${stdout}`);
    return { perSecond: Number(tps) };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Whether there is a pgbench; installs PostgreSQL's client programs where root may. */
export async function hasPgbench(): Promise<boolean> {
  const isThere = () =>
    run('pgbench', ['--version']).then(
      () => true,
      () => false,
    );
  if (await isThere()) return true;
  if (process.getuid?.() !== 0) return false;
  await run('apt-get', ['update', '-qq']).catch(() => {});
  await run('apt-get', ['install', '-y', '-qq', 'postgresql-contrib']).catch(() => {});
  return isThere();
}
