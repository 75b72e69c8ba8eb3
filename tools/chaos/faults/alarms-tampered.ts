import type { Job } from 'bullmq';
import { done, type Fault } from '../fault.ts';
import { withAlarms } from '../rig/alarms.ts';

type Hand = 'promoted' | 'removed' | 'doubled';

const ABOUT = {
  promoted: 'an administrator lets every alarm ring at once',
  removed: 'an administrator removes every alarm',
  doubled: 'an administrator adds every alarm a second time',
} as const satisfies Record<Hand, string>;

/** With the queue's own means, as the board has them. */
export const alarmsTampered = (hand: Hand): Fault => ({
  name: `alarms-${hand}`,
  about: ABOUT[hand],
  touches: ['redis'],
  isKill: false,
  inject: (rig) =>
    withAlarms(rig.redisUrl, async (queues) => {
      let touched = 0;
      for (const queue of queues) {
        for (const job of await queue.getDelayed()) {
          try {
            await lay(hand, job);
            if (hand === 'doubled')
              await queue.add(job.name, job.data, { jobId: `by-hand-${job.id}`, delay: 500 });
            touched += 1;
          } catch {
            // A worker was faster: it is in hand, or gone.
          }
        }
      }
      return done(`${touched} alarms`);
    }),
});

async function lay(hand: Hand, job: Job): Promise<void> {
  switch (hand) {
    case 'promoted':
      return job.promote();
    case 'removed':
      return job.remove();
    case 'doubled':
      return undefined;
  }
}
