import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import { CLIENTS, LIVE_SESSIONS, measureActivities, withBothApis } from '../load/activities.ts';
import { measurePgbench } from '../load/pgbench.ts';
import { quotients } from '../statistics.ts';
import type { Measure } from '../rig.ts';

const SECONDS = { quick: 3, whole: 5 };

/** What a round of updates left in PostgreSQL's own counters. */
interface Counters {
  readonly walBytes: number;
  readonly updates: number;
  readonly hotUpdates: number;
}

interface WrittenRound {
  readonly bytesEach: number;
  readonly hotShare: number;
}

/** How much an activity writes to the log that every commit waits for, and how many stay off the indexes. */
export const measureWalPerActivity: Measure = async (rig, say, { rounds, isQuick }) => {
  const ours: WrittenRound[] = [];
  const floor: WrittenRound[] = [];
  const load = { clients: CLIENTS, seconds: isQuick ? SECONDS.quick : SECONDS.whole };
  await withBothApis(rig, async (api) => {
    // Each page goes into the log whole the first time it changes after a checkpoint: not in the rounds, but before.
    for (let answered = 0; answered < 3 * LIVE_SESSIONS;)
      answered += (await measureActivities(api.port, { ...load, seconds: 2 })).answered;
    for (let round = 1; round <= rounds; round += 1) {
      ours.push(await counted(rig.sql, async () => (await measureActivities(api.port, load)).answered));
      floor.push(await counted(rig.sql, async () => (await measurePgbench(rig, load)).transactions));
      const [a, b] = [ours, floor].map((list) => Math.round(list.at(-1)?.bytesEach ?? 0));
      say(`round ${round}: ${a} bytes of WAL for an activity, ${b} for a transaction of pgbench`);
    }
  });
  const bytes = (list: readonly WrittenRound[]) => list.map(({ bytesEach }) => bytesEach);
  const hot = (list: readonly WrittenRound[]) => list.map(({ hotShare }) => hotShare);
  const against = 'pgbench, the same one-row update';
  return [
    {
      what: 'WAL bytes per activity',
      against,
      unit: 'bytes',
      ours: bytes(ours),
      floor: bytes(floor),
      ratio: quotients(bytes(ours), bytes(floor)),
      aim: { of: 'ratio', most: 1 },
    },
    {
      what: 'share of heap-only (HOT) updates',
      against,
      unit: '',
      ours: hot(ours),
      floor: hot(floor),
      ratio: quotients(hot(ours), hot(floor)),
      aim: { of: 'value', least: 0.98 },
    },
  ];
};

async function counted(sql: Client, run: () => Promise<number>): Promise<WrittenRound> {
  const before = await readCounters(sql);
  const done = await run();
  const walBytes = (await readCounters(sql)).walBytes - before.walBytes;
  const after = await untilCounted(sql, before.updates + done);
  const updates = after.updates - before.updates;
  return { bytesEach: walBytes / done, hotShare: (after.hotUpdates - before.hotUpdates) / updates };
}

/** A back end reports its counts within ten seconds of going idle. */
async function untilCounted(sql: Client, updates: number): Promise<Counters> {
  for (let tries = 0; tries < 150; tries += 1) {
    const counters = await readCounters(sql);
    if (counters.updates >= updates) return counters;
    await pause(100);
  }
  throw new Error('PostgreSQL had not counted all updates after 15 s');
}

async function readCounters(sql: Client): Promise<Counters> {
  const { rows } = await sql.query<{ [Name in keyof Counters]: number }>(
    `SELECT (pg_current_wal_insert_lsn() - '0/0')::float8 AS "walBytes",
       n_tup_upd::float8 AS updates, n_tup_hot_upd::float8 AS "hotUpdates"
     FROM pg_stat_user_tables WHERE relname = 'text_appointment_sessions'`,
  );
  const [counters] = rows;
  if (counters === undefined) throw new Error('PostgreSQL has no statistics of the table of the sessions');
  return counters;
}
