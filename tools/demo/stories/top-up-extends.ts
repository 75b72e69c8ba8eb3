import { afterStart, at, bought, charged } from '../story.ts';
import type { Story } from '../story.ts';

/** R3 and R13: bought in the last block that was paid for, and the session goes on from the new grant. */
export const topUpExtends: Story = {
  title: 'A top-up in the last paid block extends the session, and the doctor ends it',
  startedBy: 'doctor',
  units: 2,
  acts: [
    {
      name: 'doctor writes',
      kind: 'write',
      by: 'doctor',
      text: 'I have your results here.',
      atMs: 300,
      beforeMs: 2_000,
    },
    {
      name: 'patient answers',
      kind: 'write',
      by: 'patient',
      text: 'Let me have more time for that.',
      atMs: 800,
      beforeMs: 4_000,
    },
    { name: 'topped up', kind: 'top_up', units: 3, atMs: 2_400, beforeMs: 4_000 },
    { name: 'doctor ends', kind: 'end', by: 'doctor', atMs: 6_400, beforeMs: 8_000 },
  ],
  rules: {
    ledger: [
      bought('first', 2, at('bought')),
      charged(1, 'interval', afterStart(2_000), { left: 1 }),
      bought('second', 3, at('topped up')),
      charged(2, 'interval', afterStart(4_000), { left: 0 }),
      charged(3, 'interval', afterStart(6_000), { grant: 'second', left: 2 }),
      charged(4, 'manual_end', at('doctor ends'), { grant: 'second', left: 1 }),
    ],
    end: { reason: 'manual_end', due: at('doctor ends') },
    unitsUsed: 4,
    unitsLeft: 1,
  },
};
