/** The engine agrees with the naive model on the first seeds. `npm run simulate` asks many more. */
import { describe, expect, test } from 'vitest';
import { runSeeds } from '../../tools/simulation/run-seeds.ts';

describe('three hundred seeds', () => {
  test('find no difference between the engine and the model, and meet every kind of fault', async () => {
    const { seeds, failed, counts } = await runSeeds(1, 300, () => {});

    expect(failed).toBeNull();
    expect(seeds).toBe(300);
    for (const met of EVERYTHING) expect(counts.get(met) ?? 0, met).toBeGreaterThan(0);
  });
});

const EVERY_KIND =
  'book subscribe start activity message end end_by_admin adjust refund status pause settings answer_lost ' +
  'database_away batch_fails batch_refused outcome_lost touch_fails queue_away queue_emptied alarm_early ' +
  'alarm_lost alarm_late alarm_doubled ack_lost';

const EVERY_DEATH = 'at_once before_fold before_commit commit_sent after_commit arming';

const EVERYTHING = [
  ...EVERY_KIND.split(' '),
  ...EVERY_DEATH.split(' ').map((point) => `kill ${point}`),
  'batches of several',
  'touches of several',
  'sessions swept',
];
