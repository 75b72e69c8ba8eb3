/** R10 Longest session. */
import { describe, expect, test } from 'vitest';
import { balances, end, settleAt, play, start, told, write } from './script.ts';
import { aGrant } from './specimens.ts';

const talk = (maxDurationMs: number | null) => [start('0:00', { maxDurationMs }), write('1:00', 'patient')];

describe('R10 longest session', () => {
  test.each([
    ['24:59.999', ['10:00 charge 1 interval, grant 1', '20:00 charge 2 interval, grant 1']],
    [
      '25:00',
      [
        '10:00 charge 1 interval, grant 1',
        '20:00 charge 2 interval, grant 1',
        '25:00 charge 3 max_duration, grant 1',
        '25:00 ended max_duration',
      ],
    ],
    [
      '55:00',
      [
        '10:00 charge 1 interval, grant 1',
        '20:00 charge 2 interval, grant 1',
        '25:00 charge 3 max_duration, grant 1',
        '25:00 ended max_duration',
      ],
    ],
  ])('of 25 minutes, %s tells %j', (clock, lines) => {
    expect(told(play([aGrant()], ...talk(1_500_000), settleAt(clock)))).toEqual(lines);
  });

  test('of 20 minutes ends between two blocks: the second is an interval, and there is no third', () => {
    const scene = play([aGrant()], ...talk(1_200_000), settleAt('55:00'));

    expect(told(scene)).toEqual([
      '10:00 charge 1 interval, grant 1',
      '20:00 charge 2 interval, grant 1',
      '20:00 ended max_duration',
    ]);
    expect(balances(scene)).toEqual(['1: 3']);
  });

  test('of 20 minutes is the reason also where the units run out at that boundary', () => {
    expect(told(play([aGrant({ units: 2 })], ...talk(1_200_000), settleAt('20:00'))).at(-1)).toBe(
      '20:00 ended max_duration',
    );
  });

  test('a millisecond past a boundary costs that block', () => {
    const scene = play([aGrant()], ...talk(600_001), settleAt('55:00'));

    expect(told(scene)).toEqual([
      '10:00 charge 1 interval, grant 1',
      '10:00.001 charge 2 max_duration, grant 1',
      '10:00.001 ended max_duration',
    ]);
  });

  test('shorter than the time for the first message ends a silent session and charges its block', () => {
    expect(told(play([aGrant()], start('0:00', { maxDurationMs: 300_000 }), settleAt('30:00')))).toEqual([
      '5:00 charge 1 max_duration, grant 1',
      '5:00 ended max_duration',
    ]);
  });

  test('no message postpones it', () => {
    const scene = play([aGrant()], ...talk(300_000), write('4:59.999', 'doctor'), write('5:00', 'patient'));

    expect(told(scene)).toEqual(['5:00 charge 1 max_duration, grant 1', '5:00 ended max_duration']);
    expect(scene.refused).toEqual(['5:00 session_ended']);
  });

  test('an end a millisecond before it is an end like any other', () => {
    expect(told(play([aGrant()], ...talk(300_000), end('4:59.999'))).at(-1)).toBe(
      '4:59.999 ended manual_end',
    );
    expect(told(play([aGrant()], ...talk(300_000), end('5:00'))).at(-1)).toBe('5:00 ended max_duration');
  });

  test('switched off, a session lasts as long as its units', () => {
    expect(told(play([aGrant({ units: 8 })], ...talk(null), settleAt('999:00'))).at(-1)).toBe(
      '80:00 ended balance_exhausted',
    );
  });
});
