import type { Client } from 'pg';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareDatabase } from '../../src/ops/prepare-database.ts';
import { SetupError } from '../../src/standalone/errors.ts';
import { startEmbeddedPostgres } from '../../src/standalone/postgres.ts';
import { queueSchemaOf } from '../../src/storage/database-url.ts';
import { expectNoDifference } from '../kit/auditor.ts';
import { startProgram, untilReady } from '../kit/product-program.ts';
import { randomFrom } from '../kit/random.ts';
import { databaseUrl, withServer } from '../kit/server.ts';
import { SECRET } from '../kit/tokens.ts';
import { openClinic } from '../kit/clinic/clinic.ts';
import { type MovedClock, takeClock } from '../kit/clinic/moved-clock.ts';
import { planUntil, type SeedPlan } from './plan.ts';
import { openWorker } from '../kit/clinic/worker.ts';

export interface SeedOptions {
  readonly dataDir: string;
  /** In ms since 1970: nothing is recorded after it. */
  readonly nowMs: number;
  readonly print: (line: string) => void;
}

const END_WITH_PARENT = new URL('../../src/standalone/end-with-parent.ts', import.meta.url).href;
const PACKAGE = join(import.meta.dirname, '../../package.json');
/** Replaces the empty database when it is complete. */
const DRAFT = 'sessions_seed';

/**
 * Fills the database that `npm start` brings with the last days of a small clinic: through the product's own API, at a clock
 * that is moved by hand. The auditor must find no difference in it. @throws SetupError where there is anything in it, or it
 * is in use. Where it breaks off, the database is empty as before.
 */
export async function seedDatabase({ dataDir, nowMs, print }: SeedOptions): Promise<void> {
  const postgres = await startEmbeddedPostgres({ dataDir, log: print });
  try {
    if (!(await isEmpty(postgres.url)))
      throw new SetupError(
        `there is something in DATA_DIR ${dataDir} already, and a ledger is only ever added to: choose another, as in DATA_DIR=.seed npm run seed`,
      );
    const draftUrl = databaseUrl(postgres.url, DRAFT);
    const adminUrl = databaseUrl(postgres.url, 'postgres');
    await withServer(adminUrl, async (sql) => {
      await sql.query(`DROP DATABASE IF EXISTS ${DRAFT} WITH (FORCE)`);
      await sql.query(`CREATE DATABASE ${DRAFT}`);
    });
    print('making the tables');
    await prepareDatabase(draftUrl, null);
    print('playing the last days of a small clinic');
    await withServer(draftUrl, (sql) => play(draftUrl, sql, planUntil(nowMs), nowMs));
    print('asking the auditor');
    await expectNoDifference(draftUrl);
    const { pathname } = new URL(postgres.url);
    await withServer(adminUrl, async (sql) => {
      await sql.query(`DROP DATABASE ${pathname.slice(1)}`);
      await sql.query(`ALTER DATABASE ${DRAFT} RENAME TO ${pathname.slice(1)}`);
    });
  } finally {
    await postgres.stop();
  }
}

const isEmpty = (url: string): Promise<boolean> =>
  withServer(url, async (sql) => {
    const { rows } = await sql.query<{ has_tables: boolean }>(
      `SELECT to_regclass('public.accounts') IS NOT NULL AS has_tables`,
    );
    if (rows[0]?.has_tables !== true) return true;
    return (await sql.query('SELECT FROM accounts LIMIT 1')).rowCount === 0;
  });

async function play(url: string, sql: Client, plan: SeedPlan, nowMs: number): Promise<void> {
  const clock = await takeClock(sql, plan.startMs);
  const worker = openWorker(url, sql, clock, plan.outages, randomFrom(5, 'lateness'));
  const api = await startProgram(
    'src/server.ts',
    { HOST: '127.0.0.1', DATABASE_URL: url, JWT_SECRET: SECRET, RATE_LIMIT_PER_MINUTE: '1000000' },
    { nodeArguments: ['--import', END_WITH_PARENT] },
  );
  try {
    await untilReady(api);
    const clinic = openClinic(api.port, sql, clock, worker);
    for (const step of plan.steps) {
      await clinic.moveTo(step.atMs);
      await step.act(clinic);
    }
    await clinic.moveTo(nowMs);
  } finally {
    await api.stop();
    await worker.close();
  }
  await recordWorkers(sql, plan, clock);
  // Its jobs were armed by the moved clock. The product makes the schema again, and arms the sessions that go on.
  await sql.query(`DROP SCHEMA ${queueSchemaOf(url)} CASCADE`);
  await clock.restore();
}

/** The workers of the plan: one after the other, each until an outage, the last one until the end. */
async function recordWorkers(sql: Client, { startMs, outages }: SeedPlan, clock: MovedClock): Promise<void> {
  const { version }: { version: string } = JSON.parse(await readFile(PACKAGE, 'utf8'));
  const starts = [startMs, ...outages.map(({ toMs }) => toMs)];
  for (const [index, fromMs] of starts.entries()) {
    const outage = outages[index];
    const seenMs = outage?.fromMs ?? clock.nowMs();
    await sql.query(
      `INSERT INTO processes (id, kind, host, pid, version, started_at, seen_at, stopped_at)
       VALUES (gen_random_uuid(), 'worker', 'clinic-1', $1, $2, $3, $4, $5)`,
      [
        2_100 + index,
        version,
        new Date(fromMs),
        new Date(seenMs),
        // One that is killed writes no stop.
        outage === undefined ? new Date(seenMs) : null,
      ],
    );
  }
}
