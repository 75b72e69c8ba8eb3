/** R11 Order: what comes first when several sessions of one patient are due. */
import { describe, expect, test } from 'vitest';
import type { Policy } from '../../src/billing/policy.ts';
import { balances, end, play, settleAt, start, told, write } from './script.ts';
import { aGrant } from './specimens.ts';

describe('R11 sessions of one patient', () => {
  const two = (policyOfTwo: Partial<Policy> = {}) => [start('0:00'), start('0:00', policyOfTwo, 2)];
  const messages = [write('1:00', 'doctor'), write('1:00', 'doctor', 2)];

  test('that reach a boundary together: the lowest id takes the last unit, also where it was started last', () => {
    const lowestFirst = play([aGrant({ units: 3 })], ...two(), ...messages, settleAt('10:00'));
    const lowestLast = play(
      [aGrant({ units: 3 })],
      start('0:00', {}, 2),
      start('0:00', {}, 1),
      ...messages,
      settleAt('10:00'),
    );

    expect(told(lowestFirst)).toEqual([
      '10:00 charge 1 interval, grant 1',
      '10:00 session 2 charge 1 interval, grant 1',
      '10:00 session 2 ended balance_exhausted',
    ]);
    expect(told(lowestLast)).toEqual(told(lowestFirst));
  });

  test('that reach a boundary one after the other: the earlier boundary takes the last unit, whenever it is settled', () => {
    const scene = play(
      [aGrant({ units: 3 })],
      start('2:00'),
      start('0:00', {}, 2),
      write('3:00', 'doctor'),
      write('3:00', 'doctor', 2),
      settleAt('55:00'),
    );

    expect(told(scene)).toEqual([
      '10:00 session 2 charge 1 interval, grant 1',
      '12:00 charge 1 interval, grant 1',
      '12:00 ended balance_exhausted',
      '20:00 session 2 charge 2 interval, grant 1',
      '20:00 session 2 ended balance_exhausted',
    ]);
  });

  test('the units that session 1 is given back at an instant fund session 2 at that instant', () => {
    const scene = play(
      [aGrant({ units: 3 })],
      start('0:00', { doctorResponseMs: 1_140_000 }),
      start('0:00', {}, 2),
      write('1:00', 'patient'),
      write('1:00', 'doctor', 2),
      settleAt('10:00'),
    );
    const later = play([], () => scene, settleAt('20:00'));

    expect(told(scene)).toEqual([
      '10:00 charge 1 interval, grant 1',
      '10:00 session 2 charge 1 interval, grant 1',
      '10:00 session 2 ended balance_exhausted',
    ]);
    expect(told(later).slice(3)).toEqual([
      '20:00 refund 1 doctor_no_response, grant 1',
      '20:00 ended doctor_no_response',
    ]);
    const funded = play(
      [aGrant({ units: 2 })],
      start('0:00', { doctorResponseMs: 540_000 }),
      start('0:00', {}, 2),
      write('1:00', 'patient'),
      write('1:00', 'doctor', 2),
      settleAt('10:00'),
    );
    expect(told(funded)).toEqual([
      '10:00 ended doctor_no_response',
      '10:00 session 2 charge 1 interval, grant 1',
    ]);
  });

  test('the unit that session 2 releases at an instant comes too late for session 1 at that instant', () => {
    const scene = play(
      [aGrant({ units: 2 })],
      start('0:00'),
      start('0:00', { doctorResponseMs: 540_000 }, 2),
      write('1:00', 'doctor'),
      write('1:00', 'patient', 2),
      settleAt('10:00'),
    );

    expect(told(scene)).toEqual([
      '10:00 charge 1 interval, grant 1',
      '10:00 ended balance_exhausted',
      '10:00 session 2 ended doctor_no_response',
    ]);
    expect(balances(scene)).toEqual(['1: 1']);
  });

  test('the unit that one session releases by an end funds the other at its next boundary', () => {
    const scene = play(
      [aGrant({ units: 2 })],
      ...two(),
      ...messages,
      end('9:00', { by: 'admin', charge: false }, 2),
      settleAt('15:00'),
    );

    expect(told(scene)).toEqual(['9:00 session 2 ended admin_end', '10:00 charge 1 interval, grant 1']);
    expect(balances(scene)).toEqual(['1: 1, 1 held']);
  });
});
