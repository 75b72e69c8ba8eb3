import type { Job, Queue } from 'bullmq';
import type { InspectableQueues } from '../../src/timers/inspection.ts';

/** What an administrator sees and does in the board. */
export interface Board {
  readonly queue: Queue;
  /** The alarm of this session; fails the test if there is none. */
  alarm(session: number): Promise<Job>;
  /** In the order in which they ring. */
  delayedIds(): Promise<(string | undefined)[]>;
}

export function boardOf(inspection: InspectableQueues): Board {
  const [queue] = inspection.queues;
  if (queue === undefined) throw new Error('There is no queue to inspect');
  return {
    queue,
    alarm: async (session) => {
      const job: Job | undefined = await queue.getJob(`session-${session}`);
      if (job === undefined) throw new Error(`Session ${session} has no alarm`);
      return job;
    },
    delayedIds: async () => (await queue.getDelayed()).map(({ id }) => id),
  };
}
