import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import { LIVE_SESSIONS, measureActivities } from '../activities.ts';
import { expectNoDrift } from '../audit.ts';
import { measurePgbench } from '../pgbench.ts';
import { median, mediansByKey, quotients } from '../ratio.ts';
import type { Rig } from '../rig.ts';
import type { MeasureSettings, Outcome } from '../row.ts';
import { CLIENTS, withBothApis } from './both-apis.ts';

/** So many that every page has changed. */
const WARM_UP_ACTIVITIES = 3 * LIVE_SESSIONS;
const SECONDS = { short: 3, full: 5 };

/** What a round of updates left in PostgreSQL's own counters. */
interface Trace {
  readonly lsn: string;
  readonly walBytes: number;
  readonly fullPages: number;
  readonly updates: number;
  readonly hotUpdates: number;
}

/** Bytes of the log for each activity, by the kind of record; without the padding between records. */
type Records = Readonly<Record<string, number>>;

interface WrittenRound {
  readonly bytesEach: number;
  readonly records: Records;
  readonly fullPagesEach: number;
  readonly hotShare: number;
}

/** How much an activity writes to the log that every commit waits for, and how many stay off the indexes. */
export async function measureWalPerActivity(
  rig: Rig,
  say: (line: string) => void,
  { rounds, scale }: MeasureSettings,
): Promise<Outcome> {
  const ours: WrittenRound[] = [];
  const floor: WrittenRound[] = [];
  const load = { clients: CLIENTS, seconds: SECONDS[scale] };
  await rig.sql.query('CREATE EXTENSION IF NOT EXISTS pg_walinspect');
  await withBothApis(rig, async (api) => {
    // Each page goes into the log whole the first time it changes after a checkpoint: not in the rounds, but before.
    for (let answered = 0; answered < WARM_UP_ACTIVITIES;)
      answered += (await measureActivities(rig, api.port, { ...load, seconds: 2 })).answered;
    for (let round = 1; round <= rounds; round += 1) {
      const mine = await traced(rig.sql, () =>
        measureActivities(rig, api.port, load).then((r) => r.answered),
      );
      const bench = await traced(rig.sql, () => measurePgbench(rig, load).then((r) => r.transactions));
      ours.push(mine);
      floor.push(bench);
      const [a, b] = [mine, bench].map(({ bytesEach }) => Math.round(bytesEach));
      say(`round ${round}: ${a} bytes of WAL for an activity, ${b} for a transaction of pgbench`);
    }
  });
  await expectNoDrift(rig);
  const bytes = (list: readonly WrittenRound[]) => list.map(({ bytesEach }) => bytesEach);
  const hot = (list: readonly WrittenRound[]) => list.map(({ hotShare }) => hotShare);
  const pages = median(ours.map(({ fullPagesEach }) => fullPagesEach * 1000));
  const against = 'pgbench, the same one-row update';
  return {
    rows: [
      {
        what: 'WAL bytes per activity',
        against,
        unit: 'bytes',
        ours: bytes(ours),
        floor: bytes(floor),
        ratio: quotients(bytes(ours), bytes(floor)),
        aim: { of: 'value', most: 200 },
        note: `By kind of record (pg_walinspect), without the padding between them: ours ${mostOf(ours)}; pgbench ${mostOf(floor)}. From the position in the log, with ${CLIENTS} clients. Of it, ${pages.toFixed(1)} whole pages (8 kB each, the first change after a checkpoint) for 1,000 activities.`,
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
    ],
  };
}

/** The kinds that make up most of the log in the middle round. */
function mostOf(rounds: readonly WrittenRound[]): string {
  const middle = mediansByKey(rounds.map(({ records }) => records));
  return Object.entries(middle)
    .filter(([, bytes]) => bytes >= 0.5)
    .map(([kind, bytes]) => `${kind} ${bytes.toFixed(1)}`)
    .join(', ');
}

async function traced(sql: Client, run: () => Promise<number>): Promise<WrittenRound> {
  const before = await traceOf(sql);
  const done = await run();
  const end = await traceOf(sql);
  const walBytes = end.walBytes - before.walBytes;
  const records = await recordsBetween(sql, before.lsn, end.lsn, done);
  const after = await untilCounted(sql, before.updates + done);
  const updates = after.updates - before.updates;
  return {
    bytesEach: walBytes / done,
    records,
    fullPagesEach: (after.fullPages - before.fullPages) / done,
    hotShare: (after.hotUpdates - before.hotUpdates) / updates,
  };
}

/** A back end hands its counts on within ten seconds of going idle. */
async function untilCounted(sql: Client, updates: number): Promise<Trace> {
  for (let tries = 0; tries < 150; tries += 1) {
    const trace = await traceOf(sql);
    if (trace.updates >= updates) return trace;
    await pause(100);
  }
  throw new Error('PostgreSQL had not counted all updates after 15 s');
}

async function traceOf(sql: Client): Promise<Trace> {
  const { rows } = await sql.query<Trace>(
    `SELECT pg_current_wal_insert_lsn()::text AS lsn, (pg_current_wal_insert_lsn() - '0/0')::float8 AS "walBytes", wal_fpi::float8 AS "fullPages",
       n_tup_upd::float8 AS updates, n_tup_hot_upd::float8 AS "hotUpdates"
     FROM pg_stat_wal, pg_stat_user_tables WHERE relname = 'text_appointment_sessions'`,
  );
  const [trace] = rows;
  if (trace === undefined) throw new Error('PostgreSQL has no statistics of the table of the sessions');
  return trace;
}

/** What the log itself says was written between two of its positions, largest first. */
async function recordsBetween(sql: Client, from: string, to: string, activities: number): Promise<Records> {
  const { rows } = await sql.query<{ kind: string; bytes: number }>(
    `SELECT "resource_manager/record_type" AS kind, combined_size::float8 AS bytes
     FROM pg_get_wal_stats($1::pg_lsn, $2::pg_lsn, true) WHERE count > 0 ORDER BY combined_size DESC LIMIT 8`,
    [from, to],
  );
  return Object.fromEntries(rows.map(({ kind, bytes }) => [kind, bytes / activities]));
}
