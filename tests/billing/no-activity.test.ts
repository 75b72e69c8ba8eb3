/** R5 No activity: a session in which nobody wrote in time. */
import { describe, expect, test } from 'vitest';
import { balances, end, settleAt, play, start, told, write } from './script.ts';
import { aGrant } from './specimens.ts';

const THREE_MINUTES = { firstActivityMs: 180_000 };

describe('R5 no activity', () => {
  test.each([
    ['9:59.999', []],
    ['10:00', ['10:00 charge 1 no_activity, grant 1', '10:00 ended no_activity']],
    ['10:00.001', ['10:00 charge 1 no_activity, grant 1', '10:00 ended no_activity']],
    ['55:00', ['10:00 charge 1 no_activity, grant 1', '10:00 ended no_activity']],
  ])('where nobody wrote for ten minutes, %s tells %j: one unit in all', (clock, lines) => {
    expect(told(play([aGrant()], start('0:00'), settleAt(clock)))).toEqual(lines);
  });

  test.each([
    ['2:59.999', []],
    ['3:00', ['3:00 charge 1 no_activity, grant 1', '3:00 ended no_activity']],
    ['10:00', ['3:00 charge 1 no_activity, grant 1', '3:00 ended no_activity']],
  ])('where three minutes are given, %s tells %j', (clock, lines) => {
    expect(told(play([aGrant()], start('0:00', THREE_MINUTES), settleAt(clock)))).toEqual(lines);
  });

  test.each([
    ['0:00', 'patient', true],
    ['9:59.999', 'patient', true],
    ['9:59.999', 'doctor', true],
    ['10:00', 'patient', false],
    ['10:00', 'doctor', false],
    ['10:05', 'patient', false],
  ] as const)('a first message at %s by the %s is in time: %s', (clock, role, isInTime) => {
    const scene = play([aGrant()], start('0:00'), write(clock, role), settleAt('10:05'));

    expect(scene.refused).toEqual(isInTime ? [] : [`${clock} session_ended`]);
    expect(told(scene)).toEqual(
      isInTime
        ? ['10:00 charge 1 interval, grant 1']
        : ['10:00 charge 1 no_activity, grant 1', '10:00 ended no_activity'],
    );
  });

  test.each([
    [600_000, '10:00'],
    [180_000, '3:00'],
  ])(
    'where silence is free, %d ms of it end the session at %s and cost nothing',
    (firstActivityMs, clock) => {
      const scene = play(
        [aGrant()],
        start('0:00', { firstActivityMs, noActivityUnits: 0 }),
        settleAt('30:00'),
      );

      expect(told(scene)).toEqual([`${clock} ended no_activity`]);
      expect(balances(scene)).toEqual(['1: 5']);
    },
  );

  test('once somebody wrote, this rule ends the session in no later block either', () => {
    const scene = play(
      [aGrant()],
      start('0:00', THREE_MINUTES),
      write('2:59.999', 'doctor'),
      settleAt('35:00'),
    );

    expect(told(scene)).toEqual([
      '10:00 charge 1 interval, grant 1',
      '20:00 charge 2 interval, grant 1',
      '30:00 charge 3 interval, grant 1',
    ]);
  });

  test.each([
    ['2:59.999', ['2:59.999 charge 1 manual_end, grant 1', '2:59.999 ended manual_end']],
    ['3:00', ['3:00 charge 1 no_activity, grant 1', '3:00 ended no_activity']],
  ])('an end at %s, with nobody having written, tells %j', (clock, lines) => {
    expect(told(play([aGrant()], start('0:00', THREE_MINUTES), end(clock)))).toEqual(lines);
  });

  test('the unit of a silent session comes from its hold, also when the grant has expired meanwhile', () => {
    const scene = play([aGrant({ units: 1, until: '0:00.001' })], start('0:00'), settleAt('10:00'));

    expect(told(scene)).toEqual(['10:00 charge 1 no_activity, grant 1', '10:00 ended no_activity']);
    expect(balances(scene)).toEqual(['1: 0']);
  });
});
