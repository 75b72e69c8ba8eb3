import { createAlarms } from '../../../src/alarms/producer.ts';
import { createUpkeep } from '../../../src/alarms/upkeep.ts';
import { createAlarmWorker } from '../../../src/alarms/worker.ts';
import { appointmentId, sessionId } from '../../../src/billing/ids.ts';
import { instant } from '../../../src/billing/time.ts';
import type { Deadlines, Settlement } from '../../../src/sessions/alarms.ts';
import { withQueues } from '../clinic/queue.ts';
import type { Measure, Rig } from '../rig.ts';
import { untilOrThrow } from '../until.ts';

/** A day of a large clinic. */
const SESSIONS = { quick: 2_000, whole: 100_000 };
const DEADLINES_EACH = 3;
/** So many jobs are done between two rounds of the tidying: more than in the minute that really lies between them. */
const PAGE = 2_500;
const LIMIT_MS = 60_000;

interface Size {
  readonly bytes: number;
  readonly deadShare: number;
  readonly vacuums: number;
}

/** What BullMQ's tables take on PostgreSQL while a day goes by, with what the board keeps: whether they stop to grow. */
export const measureQueueTables: Measure = async (rig, say, { isQuick }) => {
  const jobs = (isQuick ? SESSIONS.quick : SESSIONS.whole) * DEADLINES_EACH;
  const half = await workThrough(rig, 0, jobs / 2);
  say(`after half of the day: ${inWords(half)}`);
  const whole = await workThrough(rig, jobs / 2, jobs);
  say(`after the day: ${inWords(whole)}`);
  const [ours, floor] = [whole.bytes / 2 ** 20, half.bytes / 2 ** 20];
  return [
    {
      what: `BullMQ's tables on PostgreSQL after ${jobs} jobs, the day of ${jobs / DEADLINES_EACH} sessions`,
      against: 'after half of the day',
      unit: 'MB',
      ours: [ours],
      floor: [floor],
      ratio: [ours / floor],
      aim: { of: 'ratio', most: 1.2 },
      note: `With their indexes. Dead rows ${(whole.deadShare * 100).toFixed(0)} % of the live ones; autovacuum came ${whole.vacuums} times. The jobs settle nothing: it is the queue that is measured.`,
    },
  ];
};

const inWords = ({ bytes, deadShare, vacuums }: Size): string =>
  `${(bytes / 2 ** 20).toFixed(0)} MB, dead rows ${(deadShare * 100).toFixed(0)} %, ${vacuums} vacuums`;

const CHARGED: Settlement = {
  charged: [{ block: 1, units: 1, reason: 'interval' }],
  refunded: [],
  ended: 'balance_exhausted',
  recordedAt: instant(0),
};

const NOTHING_STORED: Deadlines = {
  page: () => Promise.resolve([]),
  settledAt: () => Promise.resolve(CHARGED),
  storedFor: () => Promise.resolve(new Map()),
};

/** Arms jobs that are due, has them done and tidies up, page by page. */
async function workThrough(rig: Rig, from: number, to: number): Promise<Size> {
  const settings = { kind: 'postgres', url: rig.databaseUrl } as const;
  const alarms = await createAlarms(settings, () => {});
  const worker = await createAlarmWorker({
    queue: settings,
    settle: () =>
      Promise.resolve({ kind: 'ended', reason: 'balance_exhausted', at: instant(Date.now()), did: CHARGED }),
    arm: () => Promise.resolve(),
    deadlines: NOTHING_STORED,
    audit: null,
    report: () => {},
    onStuck: (reason) => {
      throw new Error(reason);
    },
  });
  try {
    await withQueues(rig, 'postgres', async (queue) => {
      const { tidy } = createUpkeep(queue, {
        deadlines: NOTHING_STORED,
        arm: alarms.arm,
        auditAtHour: null,
        report: () => {},
      });
      for (let first = from; first < to; first += PAGE) {
        const nowMs = Date.now();
        await alarms.arm(
          Array.from({ length: Math.min(PAGE, to - first) }, (_alarm, index) => ({
            sessionId: sessionId(first + index + 1),
            appointmentId: appointmentId(first + index + 1),
            block: 1,
            isBlockEnd: true,
            at: instant(nowMs),
          })),
        );
        await untilOrThrow(
          async () => {
            const counts = await queue.getJobCounts('waiting', 'active', 'delayed');
            // The jobs that come again are among the delayed.
            return (counts['waiting'] ?? 0) + (counts['active'] ?? 0) === 0 && (counts['delayed'] ?? 0) <= 3;
          },
          'the jobs are done',
          { withinMs: LIMIT_MS },
        );
        await tidy();
      }
    });
    return await sizeOf(rig);
  } finally {
    await worker.close();
    await alarms.close();
  }
}

async function sizeOf({ sql }: Rig): Promise<Size> {
  const { rows } = await sql.query<{ bytes: string; dead: string; live: string; vacuums: string }>(
    `SELECT sum(pg_total_relation_size(relid)) AS bytes, sum(n_dead_tup) AS dead, sum(n_live_tup) AS live,
       sum(autovacuum_count) AS vacuums
     FROM pg_stat_user_tables WHERE schemaname = 'bullmq'`,
  );
  const [{ bytes, dead, live, vacuums } = { bytes: 0, dead: 0, live: 1, vacuums: 0 }] = rows;
  return {
    bytes: Number(bytes),
    deadShare: Number(dead) / Math.max(1, Number(live)),
    vacuums: Number(vacuums),
  };
}
