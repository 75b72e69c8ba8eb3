/** Whatever is committed, lost, doubled, early, cut or blocked, in whatever order: a client has a prefix of the log. */
import { assert } from 'fast-check';
import { test } from 'vitest';
import { followersProperty } from '../../tools/simulation/followers/property.ts';

test('with wakes that come once or twice and no comparison, a client has the whole log and the latest state', async () => {
  await assert(followersProperty('bus'), { numRuns: 500 });
});

test('with wakes lost, doubled and early, one comparison gives a client the whole log and the latest state', async () => {
  await assert(followersProperty('comparison'), { numRuns: 500 });
});
