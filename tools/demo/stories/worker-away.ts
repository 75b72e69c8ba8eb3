import type { Story } from '../story.ts';
import { balanceRunsOut } from './balance-runs-out.ts';

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
  rules: balanceRunsOut.rules,
};
