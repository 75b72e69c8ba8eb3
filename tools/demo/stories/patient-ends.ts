import { afterStart, at, bought, charged } from '../story.ts';
import type { Story } from '../story.ts';

/** R3 and R6: two whole blocks, and the third because some of it has run. What the phone claims changes nothing. */
export const patientEnds: Story = {
  title: 'The patient ends inside the third block, on a phone that does its own sums',
  startedBy: 'patient',
  units: 5,
  acts: [
    {
      name: 'patient writes',
      kind: 'write',
      by: 'patient',
      text: 'Good morning, doctor.',
      atMs: 300,
      beforeMs: 2_000,
    },
    {
      name: 'doctor answers',
      kind: 'write',
      by: 'doctor',
      text: 'Good morning. How are you?',
      atMs: 700,
      beforeMs: 2_000,
    },
    { name: 'phone sums', kind: 'ask_for_deduction', by: 'patient', units: 5, atMs: 2_300, beforeMs: 4_000 },
    { name: 'patient ends', kind: 'end', by: 'patient', claimedUnits: 99, atMs: 4_400, beforeMs: 6_000 },
  ],
  rules: {
    ledger: [
      bought('first', 5, at('bought')),
      charged(1, 'interval', afterStart(2_000), { left: 4 }),
      charged(2, 'interval', afterStart(4_000), { left: 3 }),
      charged(3, 'manual_end', at('patient ends'), { left: 2 }),
    ],
    end: { reason: 'manual_end', due: at('patient ends') },
    unitsUsed: 3,
    unitsLeft: 2,
  },
};
