import { createPostgresBackend, type Job, type Queue, Worker, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { createAlarms } from '../../../src/alarms/producer.ts';
import { createInspectableQueues } from '../../../src/alarms/board.ts';
import type { Alarm } from '../../../src/sessions/alarms.ts';
import { DEFAULT_PREFIX } from '../../../src/config.ts';
import { openDatabase } from '../../../src/storage/database.ts';
import { untilReady } from '../../kit/product-program.ts';
import type { Rig } from '../rig.ts';
import { untilOrThrow } from '../until.ts';

/** Where the product keeps its alarms. */
export type Backend = 'redis' | 'postgres';

/** As many done jobs as the board keeps at most: with these full, a completion also has to make room. */
const KEPT_JOBS = 50_000;
const PAGE = 1_000;

const settingsOf = (rig: Rig, backend: Backend) =>
  backend === 'redis'
    ? ({ kind: 'redis', url: rig.redisUrl, prefix: DEFAULT_PREFIX } as const)
    : ({ kind: 'postgres', url: rig.databaseUrl } as const);

/** What a program of the product is started with, so that it uses this queue. */
export const environmentOf = (rig: Rig, backend: Backend): Readonly<Record<string, string>> => ({
  REDIS_URL: backend === 'redis' ? rig.redisUrl : '',
});

/** The product's queues as an administrator sees them, for as long as `use` takes. The first has the alarms. */
export async function withQueues<Result>(
  rig: Rig,
  backend: Backend,
  use: (alarms: Queue, all: readonly Queue[]) => Promise<Result>,
): Promise<Result> {
  const inspection = await createInspectableQueues(settingsOf(rig, backend), () => {});
  try {
    const [alarms] = inspection.queues;
    if (alarms === undefined) throw new Error('the product has no queue');
    return await use(alarms, inspection.queues);
  } finally {
    await inspection.close();
  }
}

/**
 * Lets a worker set up its queue while there are no sessions, and stops it. One that starts on a queue that it finds
 * new arms every session once more, which is not what is measured.
 */
export async function prepareQueue(rig: Rig, backend: Backend = 'redis'): Promise<void> {
  const worker = await rig.start('workers/worker.ts', environmentOf(rig, backend));
  try {
    await untilReady(worker);
    await withQueues(rig, backend, (_alarms, all) =>
      untilOrThrow(
        async () => (await Promise.all(all.map((queue) => queue.getCompletedCount()))).some((n) => n > 0),
        'the worker has set up its queue',
        { withinMs: 30_000 },
      ),
    );
  } finally {
    await worker.stop();
  }
}

/** Sets an alarm for each live session, at its deadline, as the engine does after a commit. */
export async function armAll(rig: Rig, backend: Backend = 'redis'): Promise<void> {
  const database = openDatabase({ url: rig.databaseUrl, maxConnections: 1, applicationName: 'bench' });
  const alarms = await createAlarms(settingsOf(rig, backend), () => {});
  try {
    let after: Alarm | null = null;
    do {
      const page: readonly Alarm[] = await database.deadlines.page({ after, limit: PAGE });
      await alarms.arm(page);
      after = page.at(-1) ?? null;
    } while (after !== null);
  } finally {
    await alarms.close();
    await database.close();
  }
}

/** Fills the list of done jobs with jobs that look like ours, as after a busy day. No worker may run meanwhile. */
export async function fillKeptJobs(rig: Rig, backend: Backend, count: number = KEPT_JOBS): Promise<void> {
  await withQueues(rig, backend, async (queue) => {
    const before = await queue.getCompletedCount();
    const stamp = Date.now();
    for (let from = 0; from < count; from += PAGE)
      await queue.addBulk(
        Array.from({ length: Math.min(PAGE, count - from) }, (_job, index) => ({
          name: 'kept',
          data: { session: from + index, deadline: new Date(stamp).toISOString() },
          opts: { jobId: `kept-${stamp}-${from + index}` },
        })),
      );

    const close = await workOff(rig, backend, queue);
    await untilOrThrow(
      async () => (await queue.getCompletedCount()) >= before + count,
      'the kept jobs are done',
      { withinMs: 300_000, everyMs: 200 },
    );
    await close();
  });
}

async function workOff(rig: Rig, backend: Backend, queue: Queue): Promise<() => Promise<void>> {
  const done = (job: Job) => Promise.resolve({ charged: [{ block: 1, units: 1 }], job: job.id });
  const options = {
    concurrency: 400,
    ...(queue.opts.prefix === undefined ? {} : { prefix: queue.opts.prefix }),
  };
  if (backend === 'redis') {
    const connection = new Redis(rig.redisUrl, { maxRetriesPerRequest: null });
    const worker = new Worker(queue.name, done, { ...options, connection });
    return async () => {
      await worker.close();
      await connection.quit();
    };
  }
  const { Worker: OnPostgres } = withBackend(createPostgresBackend);
  const worker = new OnPostgres(queue.name, done, {
    ...options,
    concurrency: 20,
    connection: { ...postgresConnectionOf(queue), max: 20, connectionTimeoutMillis: 30_000 },
  });
  return () => worker.close();
}

/** The pool options that the product's own queue was opened with: they name the schema. */
function postgresConnectionOf({ opts: { connection } }: Queue): { readonly [name: string]: unknown } {
  return Object.fromEntries(Object.entries(connection));
}
