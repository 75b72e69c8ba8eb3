import type { Queue } from 'bullmq';
import { createInspectableQueues } from '../../../src/alarms/inspection.ts';

/** The alarms as an administrator sees them, past every proxy, for as long as `use` takes. */
export async function withAlarms<Result>(
  redisUrl: string,
  use: (queues: readonly Queue[]) => Promise<Result>,
): Promise<Result> {
  const inspection = await createInspectableQueues({ kind: 'redis', url: redisUrl }, () => {});
  try {
    return await use(inspection.queues);
  } finally {
    await inspection.close();
  }
}
