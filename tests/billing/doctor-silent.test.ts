/** R9 Doctor silent: the patient wrote and the doctor did not. */
import { describe, expect, test } from 'vitest';
import { adjust, balances, end, giveBack, settleAt, play, start, told, write } from './script.ts';
import { aGrant } from './specimens.ts';

const FIVE_MINUTES = { doctorResponseMs: 300_000 };
const FIFTEEN_MINUTES = { doctorResponseMs: 900_000 };

describe('R9 doctor silent', () => {
  test.each([
    ['6:59.999', []],
    ['7:00', ['7:00 ended doctor_no_response']],
    ['7:00.001', ['7:00 ended doctor_no_response']],
    ['55:00', ['7:00 ended doctor_no_response']],
  ])('five minutes after the first message of the patient, %s tells %j', (clock, lines) => {
    const scene = play([aGrant()], start('0:00', FIVE_MINUTES), write('2:00', 'patient'), settleAt(clock));

    expect(told(scene)).toEqual(lines);
    expect(balances(scene)).toEqual([lines.length === 0 ? '1: 5, 1 held' : '1: 5']);
  });

  test('further messages of the patient give the doctor no more time', () => {
    const scene = play(
      [aGrant()],
      start('0:00', FIVE_MINUTES),
      write('2:00', 'patient'),
      write('4:00', 'patient'),
      write('6:59.999', 'patient'),
      settleAt('30:00'),
    );

    expect(told(scene)).toEqual(['7:00 ended doctor_no_response']);
  });

  test.each([
    ['0:30', 'had written before the patient did', true],
    ['6:59.999', 'answers at the last moment', true],
    ['7:00', 'answers at the deadline', false],
    ['7:00.001', 'answers after the deadline', false],
  ])('a message of the doctor at %s, who %s, is in time: %s', (clock, _when, isInTime) => {
    const messages =
      isInTime && clock < '2:00'
        ? [write(clock, 'doctor'), write('2:00', 'patient')]
        : [write('2:00', 'patient'), write(clock, 'doctor')];
    const scene = play([aGrant()], start('0:00', FIVE_MINUTES), ...messages, settleAt('9:00'));

    expect(told(scene)).toEqual(isInTime ? [] : ['7:00 ended doctor_no_response']);
    expect(scene.refused).toEqual(isInTime ? [] : [`${clock} session_ended`]);
  });

  test('a doctor who wrote once is not silent, however long the patient then waits', () => {
    const scene = play(
      [aGrant({ units: 9 })],
      start('0:00', FIVE_MINUTES),
      write('1:00', 'doctor'),
      write('2:00', 'patient'),
      settleAt('60:00'),
    );

    expect(told(scene).filter((line) => line.includes('doctor_no_response'))).toEqual([]);
  });

  test('every unit that the session took is given back to the grant that it came from', () => {
    const scene = play(
      [aGrant({ id: 1 }), aGrant({ id: 2, units: 1, until: '12:00' })],
      start('0:00', { doctorResponseMs: 1_500_000 }),
      write('1:00', 'patient'),
      settleAt('40:00'),
    );

    expect(told(scene)).toEqual([
      '10:00 charge 1 interval, grant 2',
      '20:00 charge 2 interval, grant 1',
      '26:00 refund 1 doctor_no_response, grant 2',
      '26:00 refund 2 doctor_no_response, grant 1',
      '26:00 ended doctor_no_response',
    ]);
    expect(balances(scene)).toEqual(['1: 5', '2: 1']);
    expect(scene.account.sessions[0]).toMatchObject({ unitsUsed: 0, endUnits: 0 });
  });

  test('a unit that an admin gave back before is not given back twice', () => {
    const scene = play(
      [aGrant()],
      start('0:00', { doctorResponseMs: 1_500_000 }),
      write('1:00', 'patient'),
      giveBack('15:00', 1),
      settleAt('40:00'),
      giveBack('41:00', 1),
      giveBack('41:00', 2),
    );

    expect(told(scene)).toEqual([
      '10:00 charge 1 interval, grant 1',
      '15:00 refund 1 correction, grant 1',
      '20:00 charge 2 interval, grant 1',
      '26:00 refund 2 doctor_no_response, grant 1',
      '26:00 ended doctor_no_response',
    ]);
    expect(scene.refused).toEqual(['41:00 already_refunded', '41:00 already_refunded']);
    expect(balances(scene)).toEqual(['1: 5']);
  });

  test('an end before the deadline is charged as usual: the doctor still had time', () => {
    const scene = play([aGrant()], start('0:00', FIVE_MINUTES), write('2:00', 'patient'), end('6:59.999'));

    expect(told(scene)).toEqual(['6:59.999 charge 1 manual_end, grant 1', '6:59.999 ended manual_end']);
  });

  test('an end at the deadline comes too late and costs nothing', () => {
    const scene = play([aGrant()], start('0:00', FIVE_MINUTES), write('2:00', 'patient'), end('7:00'));

    expect(told(scene)).toEqual(['7:00 ended doctor_no_response']);
  });

  test('at a boundary it comes before the interval, which is never charged', () => {
    const scene = play([aGrant()], start('0:00', FIVE_MINUTES), write('5:00', 'patient'), settleAt('10:00'));

    expect(told(scene)).toEqual(['10:00 ended doctor_no_response']);
    expect(balances(scene)).toEqual(['1: 5']);
  });

  test.each([
    ['neither', [], '10:00 ended no_activity'],
    ['only the patient', [write('1:00', 'patient')], '6:00 ended doctor_no_response'],
    ['only the doctor', [write('1:00', 'doctor')], null],
    ['both', [write('1:00', 'patient'), write('2:00', 'doctor')], null],
  ] as const)(
    'where %s wrote, this rule and the one of silence agree on the end',
    (_who, messages, ended) => {
      const scene = play([aGrant()], start('0:00', FIVE_MINUTES), ...messages, settleAt('15:00'));

      expect(told(scene).find((line) => line.includes('ended')) ?? null).toBe(ended);
    },
  );

  test('units that run out end the session before the doctor is late, and stay charged', () => {
    const scene = play(
      [aGrant({ units: 1 })],
      start('0:00', FIFTEEN_MINUTES),
      write('1:00', 'patient'),
      settleAt('60:00'),
    );

    expect(told(scene)).toEqual(['10:00 charge 1 interval, grant 1', '10:00 ended balance_exhausted']);
  });

  test('a top-up that carries the session to the deadline of the doctor brings every unit back', () => {
    const scene = play(
      [aGrant({ units: 1 })],
      start('0:00', FIFTEEN_MINUTES),
      write('1:00', 'patient'),
      adjust('9:00', 1),
      settleAt('60:00'),
    );

    expect(told(scene)).toEqual([
      '10:00 charge 1 interval, grant 1',
      '16:00 refund 1 doctor_no_response, grant 1',
      '16:00 ended doctor_no_response',
    ]);
    expect(balances(scene)).toEqual(['1: 2']);
  });
});
