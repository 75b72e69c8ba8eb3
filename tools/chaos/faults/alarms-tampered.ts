import type { Job } from 'bullmq';
import { done, type Fault } from '../fault.ts';
import { withQueues } from '../rig/connections.ts';

type Tampering = 'promoted' | 'removed' | 'doubled';

const ABOUT = {
  promoted: 'an administrator lets every alarm ring at once',
  removed: 'an administrator removes every alarm',
  doubled: 'an administrator adds every alarm a second time',
} as const satisfies Record<Tampering, string>;

/** With the queue's own means, as the board has them. */
export const alarmsTampered = (how: Tampering): Fault => ({
  name: `alarms-${how}`,
  about: ABOUT[how],
  touches: ['redis'],
  isKill: false,
  inject: (rig) =>
    withQueues(rig.redis.url, async (queues) => {
      let touched = 0;
      for (const queue of queues)
        for (const job of await queue.getDelayed()) {
          try {
            await tamper(how, job);
            if (how === 'doubled')
              await queue.add(job.name, job.data, { jobId: `by-hand-${job.id}`, delay: 500 });
            touched += 1;
          } catch {
            // A worker was faster: it is active, or done.
          }
        }

      return done(`${touched} alarms`);
    }),
});

async function tamper(how: Tampering, job: Job): Promise<void> {
  switch (how) {
    case 'promoted':
      return job.promote();
    case 'removed':
      return job.remove();
    case 'doubled':
      return undefined;
  }
}
