import type { Alarm, Alarms } from '../sessions/alarms.ts';
import { alarmId, alarmJob } from './job.ts';
import type { Report } from './notices.ts';
import { openQueues, type QueueSettings } from './queues.ts';

export interface QueueAlarms extends Alarms {
  readonly close: () => Promise<void>;
}

/** In one operation of the queue. */
const MAX_AT_ONCE = 1_000;

/**
 * The number of jobs from which on one `addBulk` costs less than an `add` for each. On PostgreSQL it makes two temporary tables, which costs
 * the server as much as twenty jobs, and writes to the system catalogs.
 */
const BULK_FROM = { redis: 1, postgres: 32 } as const;

/**
 * The producer's side. A command rejects within about 2 s when the queue is away; nothing is kept to be
 * sent later. Of a list that failed, some alarms may be armed: repeat it, or leave it to the sweep.
 * @throws QueueSetupError where the queue can never be used as it is set up.
 */
export async function createAlarms(settings: QueueSettings, report: Report): Promise<QueueAlarms> {
  const { openQueue, close } = await openQueues(settings, 'alarms', report);
  const queue = await openQueue();
  const bulkFrom = BULK_FROM[settings.kind];
  const arm = together(async (alarms) => {
    for (let from = 0; from < alarms.length; from += MAX_AT_ONCE) {
      const jobs = alarms.slice(from, from + MAX_AT_ONCE).map((alarm) => alarmJob(alarm, Date.now()));
      if (jobs.length >= bulkFrom) await queue.addBulk(jobs);
      else await Promise.all(jobs.map(({ name, data, opts }) => queue.add(name, data, opts)));
    }
  });
  return { arm, close };
}

/**
 * What is armed in the same turn of the event loop goes together, each alarm once: when a batch of settled sessions is
 * committed, the executor and the alarms that rang arm the same deadlines.
 */
function together(armAll: Alarms['arm']): Alarms['arm'] {
  let waiting: { readonly alarms: Map<string, Alarm>; readonly done: Promise<void> } | null = null;
  return (alarms) => {
    if (alarms.length === 0) return Promise.resolve();
    if (waiting === null) {
      const batch = new Map<string, Alarm>();
      const done = new Promise<void>((resolve, reject) => {
        setImmediate(() => {
          waiting = null;
          armAll([...batch.values()]).then(resolve, reject);
        });
      });
      waiting = { alarms: batch, done };
    }
    for (const alarm of alarms) waiting.alarms.set(alarmId(alarm), alarm);
    return waiting.done;
  };
}
