/** R13 Snapshot, and which settings make a sound policy. */
import { describe, expect, test } from 'vitest';
import { flawOf, type Policy } from '../../src/billing/policy.ts';
import { settleAt, play, start, told, write } from './script.ts';
import { aGrant, CLINIC } from './specimens.ts';

describe('R13 a session keeps the policy that it started under', () => {
  test('a start again under other settings changes nothing', () => {
    const scene = play(
      [aGrant()],
      start('0:00'),
      write('1:00', 'patient'),
      start('2:00', { intervalMs: 60_000, firstActivityMs: 60_000, idleMs: 1000, maxDurationMs: 180_000 }),
      settleAt('15:00'),
    );

    expect(told(scene)).toEqual(['10:00 charge 1 interval, grant 1']);
    expect(scene.account.sessions[0]?.policy).toEqual(CLINIC);
  });

  test('two sessions of one patient go by two policies at once', () => {
    const scene = play(
      [aGrant({ units: 9 })],
      start('0:00'),
      start('0:00', { intervalMs: 240_000, firstActivityMs: 240_000 }, 2),
      write('1:00', 'doctor'),
      write('1:00', 'doctor', 2),
      settleAt('10:00'),
    );

    expect(told(scene)).toEqual([
      '4:00 session 2 charge 1 interval, grant 1',
      '8:00 session 2 charge 2 interval, grant 1',
      '10:00 charge 1 interval, grant 1',
    ]);
  });

  test('the policy is kept to the end and after it', () => {
    const policy = { intervalMs: 240_000, firstActivityMs: 60_000 };
    const scene = play([aGrant()], start('0:00', policy), settleAt('2:00'));

    expect(scene.account.sessions[0]).toMatchObject({ state: 'ended', policy: { ...CLINIC, ...policy } });
  });
});

describe('R13 a sound policy', () => {
  test.each([
    ['the defaults', {}],
    ['the shortest interval, 1 s', { intervalMs: 1000, firstActivityMs: 1000 }],
    ['a first activity within 1 ms', { firstActivityMs: 1 }],
    ['a first activity within the whole interval', { firstActivityMs: 600_000 }],
    ['a grace of 1 ms less than the interval', { endGraceMs: 599_999 }],
    ['free silence', { noActivityUnits: 0 }],
    ['the shortest optional times', { idleMs: 1, doctorResponseMs: 1, maxDurationMs: 1 }],
    ['optional times beyond the interval', { idleMs: 1e9, doctorResponseMs: 1e9, maxDurationMs: 1e9 }],
  ] satisfies [string, Partial<Policy>][])('%s: nothing is wrong', (_what, terms) => {
    expect(flawOf({ ...CLINIC, ...terms })).toBeNull();
  });

  test.each([
    ['intervalMs', 999, 'the interval must be at least 1 s'],
    ['intervalMs', 0, 'the interval must be at least 1 s'],
    ['intervalMs', -600_000, 'the interval must be at least 1 s'],
    ['intervalMs', 1000.5, 'the interval must be at least 1 s'],
    ['intervalMs', Number.NaN, 'the interval must be at least 1 s'],
    ['intervalMs', Number.POSITIVE_INFINITY, 'the interval must be at least 1 s'],
    ['firstActivityMs', 0, 'the time for the first activity must be positive'],
    ['firstActivityMs', -1, 'the time for the first activity must be positive'],
    ['firstActivityMs', 0.5, 'the time for the first activity must be positive'],
    ['firstActivityMs', Number.NaN, 'the time for the first activity must be positive'],
    ['firstActivityMs', 600_001, 'the time for the first activity must not be longer than the interval'],
    ['endGraceMs', -1, 'the end grace must be 0 or more'],
    ['endGraceMs', 0.1, 'the end grace must be 0 or more'],
    ['endGraceMs', Number.NaN, 'the end grace must be 0 or more'],
    ['endGraceMs', 600_000, 'the end grace must be shorter than the interval'],
    ['idleMs', 0, 'the idle time must be positive, or left out'],
    ['idleMs', -1, 'the idle time must be positive, or left out'],
    ['idleMs', 1.5, 'the idle time must be positive, or left out'],
    ['doctorResponseMs', 0, "the doctor's response time must be positive, or left out"],
    ['doctorResponseMs', Number.NaN, "the doctor's response time must be positive, or left out"],
    ['maxDurationMs', 0, 'the longest duration must be positive, or left out'],
    ['maxDurationMs', 2 ** 53, 'the longest duration must be positive, or left out'],
  ] as const)('%s of %d is refused: %s', (name, value, flaw) => {
    expect(flawOf({ ...CLINIC, [name]: value })).toEqual({ part: name, words: flaw });
  });
});
