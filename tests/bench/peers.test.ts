import { Redis } from 'ioredis';
import { Client, Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databaseNowMs, flawsOfCharges, isChargedUntil } from '../../tools/bench/clinic/charges.ts';
import { fillWithSessions } from '../../tools/bench/clinic/clinic-data.ts';
import { deduct, recordActivity, startSession } from '../../tools/bench/peers/billing.ts';
import { inTransaction, type Peer } from '../../tools/bench/peers/contestant.ts';
import { OURS } from '../../tools/bench/peers/contestants.ts';
import { graphileWorker } from '../../tools/bench/peers/graphile-worker.ts';
import { peerRows } from '../../tools/bench/peers/measure.ts';
import { minuteSweep } from '../../tools/bench/peers/minute-sweep.ts';
import { pgBoss } from '../../tools/bench/peers/pg-boss.ts';
import { tutorial } from '../../tools/bench/peers/tutorial.ts';
import { untilOrThrow } from '../../tools/bench/until.ts';
import { createDatabase, type TestDatabase } from '../../tools/kit/database.ts';
import { describeWithRedis } from '../../tools/kit/describe.ts';
import { startRedis, type TestRedis } from '../../tools/kit/redis.ts';
import { withServer } from '../../tools/kit/server.ts';

let database: TestDatabase;
let sql: Client;
let pool: Pool;

beforeAll(async () => {
  database = await createDatabase();
  await withServer(database.url, (client) =>
    // The peers are written for a server as it is installed, which shows dates in ISO style.
    client.query(
      `ALTER DATABASE ${client.escapeIdentifier(new URL(database.url).pathname.slice(1))} RESET ALL`,
    ),
  );
  sql = new Client({ connectionString: database.url });
  await sql.connect();
  pool = new Pool({ connectionString: database.url, max: 2 });
});

afterAll(async () => {
  await pool.end();
  await sql.end();
  await database.drop();
});

/** Three sessions whose first block has just ended; the peer's own worker settles them. */
async function settleThree(peer: Peer, redisUrl = '') {
  const servers = { databaseUrl: database.url, redisUrl, sql };
  await peer.prepare(servers);
  await fillWithSessions(sql, 3, -100);
  await peer.arm(servers);
  const untilMs = await databaseNowMs(sql);
  const worker = await peer.openWorker(servers);
  try {
    await untilOrThrow(() => isChargedUntil(sql, untilMs), 'the peer has charged what was due', {
      withinMs: 20_000,
    });
  } finally {
    await worker.close();
  }
  return flawsOfCharges(sql, untilMs);
}

const exact = { lost: 0, doubled: 0, untrue: 0 };

const countOf = async (from: string): Promise<number> => {
  const { rows } = await sql.query<{ count: number }>(`SELECT count(*)::integer AS count FROM ${from}`);
  return rows[0]?.count ?? Number.NaN;
};

describe('a peer on PostgreSQL alone', () => {
  test('the sweep charges each due session once', async () => {
    const flaws = await settleThree(minuteSweep);

    expect(flaws).toEqual(exact);
    expect(await countOf(`ledger_entries WHERE kind = 'charge'`)).toBe(3);
  });

  test('pg-boss charges each due session once and keeps a job for its next block', async () => {
    const flaws = await settleThree(pgBoss);

    expect(flaws).toEqual(exact);
    expect(await countOf(`ledger_entries WHERE kind = 'charge'`)).toBe(3);
    expect(await countOf(`pgboss.job WHERE name = 'deductions' AND state = 'created'`)).toBe(3);
  });

  test('graphile-worker charges each due session once and keeps a job for its next block', async () => {
    const flaws = await settleThree(graphileWorker);

    expect(flaws).toEqual(exact);
    expect(await countOf(`ledger_entries WHERE kind = 'charge'`)).toBe(3);
    expect(await countOf('graphile_worker._private_jobs WHERE run_at > now() AND key IS NOT NULL')).toBe(3);
  });
});

await describeWithRedis('a peer with a queue in Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  test('the tutorial way charges each due session once and keeps a job for its next block', async () => {
    const flaws = await settleThree(tutorial, redis.url);
    const client = new Redis(redis.url);
    const waiting = await client.zcard('bull:tutorial-deductions:delayed');
    await client.quit();

    expect(flaws).toEqual(exact);
    expect(await countOf(`ledger_entries WHERE kind = 'charge'`)).toBe(3);
    expect(waiting).toBe(3);
  });
});

describe("the peers' account book", () => {
  const settle = () => inTransaction(pool, (client) => deduct(client, 1));
  const stateOf = async () => {
    const { rows } = await sql.query(
      `SELECT s.is_active, s.end_reason, s.sessions_used, g.remaining, g.held
       FROM text_appointment_sessions s JOIN grants g ON g.patient_id = s.patient_id WHERE s.id = 1`,
    );
    return rows[0] as unknown;
  };

  test('takes no unit before the block has ended', async () => {
    await fillWithSessions(sql, 1, 60_000);

    expect(await settle()).toBeInstanceOf(Date);
    expect(await countOf(`ledger_entries WHERE kind = 'charge'`)).toBe(0);
  });

  test('ends a session where nobody wrote, for one unit', async () => {
    await fillWithSessions(sql, 1, -100);
    await sql.query(
      'UPDATE text_appointment_sessions SET has_patient_activity = false, has_doctor_activity = false',
    );

    expect(await settle()).toBeNull();
    expect(await stateOf()).toEqual({
      is_active: false,
      end_reason: 'no_activity',
      sessions_used: 1,
      remaining: 99,
      held: 0,
    });
  });

  test('ends a session whose last unit is used up', async () => {
    await fillWithSessions(sql, 1, -100, { units: 1 });

    expect(await settle()).toBeNull();
    expect(await stateOf()).toMatchObject({ end_reason: 'balance_exhausted', remaining: 0, held: 0 });
  });

  test('starts one session of an appointment, holds a unit for it, and takes activities of its two people only', async () => {
    await fillWithSessions(sql, 1, 60_000);
    await sql.query(
      `INSERT INTO appointments (id, patient_id, doctor_id, type, status, scheduled_at)
       VALUES (2, 1, 10000001, 'text', 'confirmed', session_clock())`,
    );
    const start = () => inTransaction(pool, (client) => startSession(client, 2, 1));

    expect(await start()).toMatchObject({ sessionId: 2 });
    expect(await start()).toBeNull();
    expect(await stateOf()).toMatchObject({ remaining: 100, held: 2 });
    expect(await recordActivity(pool, 2, 10_000_001)).toMatchObject({ sessionId: 2 });
    expect(await recordActivity(pool, 2, 3)).toBeNull();
  });
});

describe('the rows of the peers', () => {
  const round = (value: number, wrong: string | null = null) => ({ value, cpuUs: { worker: 1 }, wrong });
  const terms = { what: 'deductions', unit: '/s', aim: { of: 'ratio', least: 2 } as const };

  test('set our rounds beside those of the peer, and its median where it had fewer', () => {
    const rounds = new Map<{ readonly name: string }, readonly ReturnType<typeof round>[]>([
      [OURS, [round(100), round(120)]],
      [{ name: 'pg-boss' }, [round(50), round(40, '1 sessions still due')]],
      [{ name: 'minute sweep' }, [round(10)]],
      [{ name: 'not measured' }, []],
    ]);
    const rows = peerRows(rounds, terms);

    expect(rows.map(({ against, ours, floor, ratio }) => ({ against, ours, floor, ratio }))).toEqual([
      { against: 'peer: pg-boss', ours: [100, 120], floor: [50, 40], ratio: [2, 3] },
      { against: 'peer: minute sweep', ours: [100, 120], floor: [10, 10], ratio: [10, 12] },
    ]);
    expect(rows.map(({ note }) => note)).toEqual([
      'Wrong afterwards: 1 sessions still due.',
      'The peer had 1 of 2 rounds.',
    ]);
    expect(rows[1]?.details).toBe("The peer's cost: worker 1 µs. Its ledger was exact.");
  });
});
