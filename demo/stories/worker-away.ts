import { afterStart, at, bought, charged } from '../story.ts';
import type { Story } from '../story.ts';

/** R12: nobody is there to act on a deadline, and the ledger comes out as if somebody had been. */
export const workerAway: Story = {
  title: 'The same as 3, while no worker runs',
  startedBy: 'patient',
  units: 2,
  acts: [
    {
      name: 'patient writes',
      kind: 'write',
      by: 'patient',
      text: 'May I ask something?',
      atMs: 300,
      beforeMs: 2_000,
    },
    { name: 'doctor answers', kind: 'write', by: 'doctor', text: 'Of course.', atMs: 600, beforeMs: 2_000 },
  ],
  rules: {
    ledger: [
      bought('first', 2, at('bought')),
      charged(1, 'interval', afterStart(2_000), { left: 1 }),
      charged(2, 'interval', afterStart(4_000), { left: 0 }),
    ],
    end: { reason: 'balance_exhausted', due: afterStart(4_000) },
    unitsUsed: 2,
    unitsLeft: 0,
  },
};
