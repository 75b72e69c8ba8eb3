/** R8 Idle: a conversation that fell asleep. */
import { describe, expect, test } from 'vitest';
import { balances, settleAt, play, start, told, write } from './script.ts';
import { aGrant } from './specimens.ts';

const FOUR_MINUTES = { idleMs: 240_000 };

describe('R8 idle', () => {
  test.each([
    ['4:59.999', []],
    ['5:00', ['5:00 charge 1 idle_timeout, grant 1', '5:00 ended idle_timeout']],
    ['5:00.001', ['5:00 charge 1 idle_timeout, grant 1', '5:00 ended idle_timeout']],
    ['55:00', ['5:00 charge 1 idle_timeout, grant 1', '5:00 ended idle_timeout']],
  ])('four minutes after the last message, %s tells %j', (clock, lines) => {
    const scene = play([aGrant()], start('0:00', FOUR_MINUTES), write('1:00', 'patient'), settleAt(clock));

    expect(told(scene)).toEqual(lines);
  });

  test.each(['patient', 'doctor'] as const)('a message of the %s keeps the session awake', (role) => {
    const scene = play(
      [aGrant()],
      start('0:00', FOUR_MINUTES),
      write('1:00', 'patient'),
      write('4:59.999', role),
      settleAt('8:59.998'),
    );

    expect(told(scene)).toEqual([]);
    expect(told(play([aGrant()], () => scene, settleAt('8:59.999'))).at(-1)).toBe(
      '8:59.999 ended idle_timeout',
    );
  });

  test('where nobody wrote it counts from the start, and the block costs nothing', () => {
    const scene = play([aGrant()], start('0:00', FOUR_MINUTES), settleAt('4:00'));

    expect(told(scene)).toEqual(['4:00 ended idle_timeout']);
    expect(balances(scene)).toEqual(['1: 5']);
    expect(told(play([aGrant()], start('0:00', FOUR_MINUTES), settleAt('3:59.999')))).toEqual([]);
  });

  test('an idle time that is shorter than the time for the first message comes before it', () => {
    const policy = { idleMs: 180_000, firstActivityMs: 240_000 };

    expect(told(play([aGrant()], start('0:00', policy), settleAt('30:00')))).toEqual([
      '3:00 ended idle_timeout',
    ]);
  });

  test('an idle time that is longer than the time for the first message comes after it, and so never', () => {
    const policy = { idleMs: 240_000, firstActivityMs: 180_000 };

    expect(told(play([aGrant()], start('0:00', policy), settleAt('30:00')))).toEqual([
      '3:00 charge 1 no_activity, grant 1',
      '3:00 ended no_activity',
    ]);
  });

  test.each([
    ['written in before the boundary only', '9:59.999', ['13:59.999 ended idle_timeout'], '1: 4'],
    [
      'written in at its very beginning',
      '10:00',
      ['14:00 charge 2 idle_timeout, grant 1', '14:00 ended idle_timeout'],
      '1: 3',
    ],
  ])('a block in progress %s is charged accordingly', (_when, last, lines, balance) => {
    const scene = play(
      [aGrant()],
      start('0:00', FOUR_MINUTES),
      write('3:00', 'patient'),
      write('6:30', 'doctor'),
      write(last, 'patient'),
      settleAt('20:00'),
    );

    expect(told(scene)).toEqual(['10:00 charge 1 interval, grant 1', ...lines]);
    expect(balances(scene)).toEqual([balance]);
  });

  test('exactly at a boundary the completed block is charged as an interval and the next never entered', () => {
    const scene = play(
      [aGrant()],
      start('0:00', FOUR_MINUTES),
      write('3:00', 'patient'),
      write('6:00', 'doctor'),
      settleAt('20:00'),
    );

    expect(told(scene)).toEqual(['10:00 charge 1 interval, grant 1', '10:00 ended idle_timeout']);
    expect(balances(scene)).toEqual(['1: 4']);
  });

  test('several blocks may pass in silence where the idle time is that long', () => {
    const policy = { idleMs: 1_500_000 };
    const scene = play([aGrant()], start('0:00', policy), write('2:00', 'patient'), settleAt('60:00'));

    expect(told(scene)).toEqual([
      '10:00 charge 1 interval, grant 1',
      '20:00 charge 2 interval, grant 1',
      '27:00 ended idle_timeout',
    ]);
  });

  test('switched off, nobody has to write again after the first message', () => {
    const scene = play([aGrant({ units: 7 })], start('0:00'), write('1:00', 'patient'), settleAt('60:00'));

    expect(told(scene).filter((line) => line.includes('ended'))).toEqual([]);
  });
});
