import { afterStart, at, bought, charged } from '../story.ts';
import type { Story } from '../story.ts';

/** R5: one unit, for the silence and not for the interval as well. */
export const nobodyWrites: Story = {
  title: 'Nobody writes',
  startedBy: 'patient',
  units: 3,
  acts: [],
  rules: {
    ledger: [bought('first', 3, at('bought')), charged(1, 'no_activity', afterStart(2_000), { left: 2 })],
    end: { reason: 'no_activity', due: afterStart(2_000) },
    unitsUsed: 1,
    unitsLeft: 2,
  },
};
