/** What a chaos run says of followers that were told wrong. */
import { describe, expect, test } from 'vitest';
import { compareWithLog } from '../../tools/chaos/check/check-followers.ts';

const HEADS = new Map([[11, 4]]);
const compared = (numbers: readonly number[], isFollowed = true, problems: readonly string[] = []) =>
  compareWithLog([{ journal: new Map([[11, numbers]]), follows: () => isFollowed, problems }], HEADS);

describe('the journal of a follower, beside the log', () => {
  test('is right where it has every event once, in order', () => {
    expect(compared([1, 2, 3, 4])).toEqual({
      events: 4,
      missing: 0,
      doubled: 0,
      outOfOrder: 0,
      differences: [],
    });
  });

  test('is right where it was given up with a part of the log, from its beginning', () => {
    expect(compared([1, 2], false).differences).toEqual([]);
    expect(compared([], false).differences).toEqual([]);
  });

  test.each([
    ['an event is missing at the end', [1, 2, 3], { missing: 1, doubled: 0, outOfOrder: 0 }],
    ['an event is missing in between', [1, 2, 4], { missing: 1, doubled: 0, outOfOrder: 0 }],
    ['an event is doubled', [1, 2, 2, 3, 4], { missing: 0, doubled: 1, outOfOrder: 0 }],
    ['two events are out of order', [1, 3, 2, 4], { missing: 0, doubled: 0, outOfOrder: 1 }],
  ])('is wrong where %s', (_what, numbers, found) => {
    expect(compared(numbers)).toMatchObject(found);
    expect(compared(numbers).differences).toEqual([
      `a follower of appointment 11 received ${numbers.join(', ')}; the log has 1 to 4`,
    ]);
  });

  test('is wrong where it has what the log has not, where one that was given up has a gap, and where it was refused', () => {
    expect(compared([1, 2, 3, 4, 5]).differences).toHaveLength(1);
    expect(compared([1, 3], false)).toMatchObject({ missing: 1 });
    expect(compared([1, 2, 3, 4], true, ['refused']).differences).toEqual(['refused']);
  });
});
