/** R1 Time: instants and what can be asked of them. No rule reads a clock. */
import { describe, expect, test } from 'vitest';
import { after, earliest, elapsedMs, instant, later } from '../../src/billing/time.ts';
import { t } from './specimens.ts';

describe('R1 time', () => {
  test.each([0.5, -0.001, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53)])(
    'an instant is a whole millisecond, so %d is none',
    (epochMs) => {
      expect(() => instant(epochMs)).toThrow(RangeError);
    },
  );

  test.each([0, -1, 1, 1_800_000_000_000, 2 ** 53 - 1])('%d ms is an instant', (epochMs) => {
    expect(instant(epochMs)).toBe(epochMs);
  });

  test.each([
    ['0:00', '0:00', 0],
    ['0:00', '0:00.001', 1],
    ['0:00', '10:00', 600_000],
    ['0:00.001', '0:00', 0],
    ['10:00', '0:00', 0],
  ] as const)('from %s to %s no negative time elapses: %d ms', (start, now, ms) => {
    expect(elapsedMs(t(start), t(now))).toBe(ms);
  });

  test('a fraction of a millisecond cannot creep in by adding a duration', () => {
    expect(after(t('0:00'), 600_000)).toBe(t('10:00'));
    expect(after(t('0:00'), -600_000)).toBe(t('-10:00'));
    expect(() => after(t('0:00'), 0.1)).toThrow(RangeError);
  });

  test('the later of two instants is the later one, in either order', () => {
    expect(later(t('1:00'), t('2:00'))).toBe(t('2:00'));
    expect(later(t('2:00'), t('1:00'))).toBe(t('2:00'));
    expect(later(t('1:00'), t('1:00'))).toBe(t('1:00'));
  });

  test('the earliest instant is found among those that are there, and is none where none is', () => {
    expect(earliest([null, t('2:00'), t('1:00'), null, t('1:30')])).toBe(t('1:00'));
    expect(earliest([instant(0), t('1:00')])).toBe(0);
    expect(earliest([null, null])).toBeNull();
    expect(earliest([])).toBeNull();
  });
});
