/** R4 Exhaustion: a block that nobody can pay for is never entered. */
import { describe, expect, test } from 'vitest';
import { adjust, balances, end, giveBack, settleAt, play, start, told, write } from './script.ts';
import { aGrant } from './specimens.ts';

const conversation = (units: number) => [aGrant({ units })] as const;

describe('R4 exhaustion', () => {
  test.each([
    ['19:59.999', '1: 1, 1 held', ['10:00 charge 1 interval, grant 1']],
    [
      '20:00',
      '1: 0',
      [
        '10:00 charge 1 interval, grant 1',
        '20:00 charge 2 interval, grant 1',
        '20:00 ended balance_exhausted',
      ],
    ],
    [
      '20:00.001',
      '1: 0',
      [
        '10:00 charge 1 interval, grant 1',
        '20:00 charge 2 interval, grant 1',
        '20:00 ended balance_exhausted',
      ],
    ],
  ])(
    'two units carry a session to its second boundary and no further: seen at %s',
    (clock, balance, lines) => {
      const scene = play(conversation(2), start('0:00'), write('1:00', 'patient'), settleAt(clock));

      expect(told(scene)).toEqual(lines);
      expect(balances(scene)).toEqual([balance]);
    },
  );

  test('a worker that was down for 55 minutes finds three units spent and the session over at minute 30', () => {
    const scene = play(conversation(3), start('0:00'), write('1:00', 'doctor'), settleAt('55:00'));

    expect(told(scene)).toEqual([
      '10:00 charge 1 interval, grant 1',
      '20:00 charge 2 interval, grant 1',
      '30:00 charge 3 interval, grant 1',
      '30:00 ended balance_exhausted',
    ]);
    expect(balances(scene)).toEqual(['1: 0']);
  });

  test.each(['10:00', '10:00.001', '40:00'])(
    'an end at %s of a session whose units ran out at ten minutes costs nothing more',
    (clock) => {
      const scene = play(conversation(1), start('0:00'), write('1:00', 'patient'), end(clock));

      expect(told(scene)).toEqual(['10:00 charge 1 interval, grant 1', '10:00 ended balance_exhausted']);
    },
  );

  test.each([
    ['9:00', true],
    ['9:59.999', true],
    ['10:00', false],
    ['11:00', false],
  ])('a top-up at %s, in the last block that is paid for, extends the session: %s', (clock, isExtended) => {
    const scene = play(
      conversation(1),
      start('0:00'),
      write('1:00', 'patient'),
      adjust(clock, 1),
      settleAt('15:00'),
    );

    expect(told(scene).includes('10:00 ended balance_exhausted')).toBe(!isExtended);
    expect(balances(scene)).toEqual([isExtended ? '1: 1, 1 held' : '1: 1']);
  });

  test('a unit that is given back during the session pays for a later block of it', () => {
    const scene = play(
      conversation(2),
      start('0:00'),
      write('1:00', 'patient'),
      giveBack('15:00', 1),
      settleAt('60:00'),
    );

    expect(told(scene)).toEqual([
      '10:00 charge 1 interval, grant 1',
      '15:00 refund 1 correction, grant 1',
      '20:00 charge 2 interval, grant 1',
      '30:00 charge 3 interval, grant 1',
      '30:00 ended balance_exhausted',
    ]);
  });

  test('units of a grant that expires exactly at the boundary pay for no block that begins there', () => {
    const expiring = (until: string) =>
      told(play([aGrant({ until })], start('0:00'), write('1:00', 'patient'), settleAt('10:00')));

    expect(expiring('10:00')).toEqual(['10:00 charge 1 interval, grant 1', '10:00 ended balance_exhausted']);
    expect(expiring('10:00.001')).toEqual(['10:00 charge 1 interval, grant 1']);
  });

  test('the unit that another session holds keeps this one from going on', () => {
    const scene = play(
      conversation(2),
      start('0:00'),
      write('1:00', 'patient'),
      start('5:00', {}, 2),
      write('6:00', 'patient', 2),
      settleAt('14:59.999'),
    );

    expect(told(scene)).toEqual(['10:00 charge 1 interval, grant 1', '10:00 ended balance_exhausted']);
    expect(balances(scene)).toEqual(['1: 1, 1 held']);
  });
});
