import { afterStart, at, bought, charged } from '../story.ts';
import type { Story } from '../story.ts';

/** R4: two units are two blocks, and the third is never entered. */
export const balanceRunsOut: Story = {
  title: 'The balance runs out',
  startedBy: 'doctor',
  units: 2,
  acts: [
    {
      name: 'patient writes',
      kind: 'write',
      by: 'patient',
      text: 'I have two questions.',
      atMs: 400,
      beforeMs: 2_000,
    },
    { name: 'doctor answers', kind: 'write', by: 'doctor', text: 'Go ahead.', atMs: 900, beforeMs: 3_400 },
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
