import { after, afterStart, at, bought, charged, refunded } from '../story.ts';
import type { Story } from '../story.ts';

/** R9: three seconds after the patient's first message all is over and the first block is given back. */
export const doctorSilent: Story = {
  title: 'The doctor never answers',
  startedBy: 'patient',
  units: 3,
  acts: [
    {
      name: 'patient writes',
      kind: 'write',
      by: 'patient',
      text: 'Is anybody there?',
      atMs: 100,
      // Any later, and a second block would be charged before the silence has lasted long enough.
      beforeMs: 1_000,
    },
  ],
  rules: {
    ledger: [
      bought('first', 3, at('bought')),
      charged(1, 'interval', afterStart(2_000), { left: 2 }),
      refunded(1, 'doctor_no_response', after('patient writes', 3_000), { left: 3 }),
    ],
    end: { reason: 'doctor_no_response', due: after('patient writes', 3_000) },
    unitsUsed: 0,
    unitsLeft: 3,
  },
};
