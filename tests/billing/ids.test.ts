/** Ids: positive integers that JSON, JavaScript and a `bigint` column can all hold. */
import { describe, expect, test } from 'vitest';
import { appointmentId, grantId, isId, ledgerEntryId, sessionId, userId } from '../../src/billing/ids.ts';

const LARGEST = 2 ** 53 - 1;

describe('an id', () => {
  test.each([1, 42, LARGEST, 1n, BigInt(LARGEST)])('may be %s, for whatever it names', (value) => {
    for (const parse of [userId, appointmentId, sessionId, grantId, ledgerEntryId])
      expect(parse(value)).toBe(Number(value));
  });

  test.each([
    0,
    -1,
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    LARGEST + 1,
    0n,
    -1n,
    BigInt(LARGEST) + 1n,
    2n ** 53n + 1n,
  ])('is never %s', (value) => {
    expect(() => sessionId(value)).toThrow(RangeError);
  });

  test.each([
    ['a text', '1'],
    ['null', null],
    ['nothing', undefined],
    ['a boolean', true],
    ['a list', [1]],
    ['an object', {}],
    ['a bigint', 1n],
    ['nought', 0],
    ['a negative number', -1],
    ['a fraction', 0.1],
    ['a number beyond what is exact', LARGEST + 1],
  ])('is told from anything else that may come in: %s is none', (_what, value) => {
    expect(isId(value)).toBe(false);
  });

  test('is told from anything else that may come in: 1 and 9007199254740991 are some', () => {
    expect([isId(1), isId(LARGEST)]).toEqual([true, true]);
  });
});
