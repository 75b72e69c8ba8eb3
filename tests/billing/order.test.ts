/** R11 Order: what comes first when several things are due at one instant. */
import { describe, expect, test } from 'vitest';
import type { ActiveSession } from '../../src/billing/account.ts';
import { firstDue, nextDeadline } from '../../src/billing/order.ts';
import type { Policy } from '../../src/billing/policy.ts';
import { balances, play, settleAt, start, told, write } from './script.ts';
import { aGrant, anActiveSession, CLINIC, clockOf, t } from './specimens.ts';

const TEN_MINUTES_MS = 600_000;

describe('R11 at one instant, ten minutes after the start', () => {
  const interval = '10:00 charge 1 interval, grant 1';

  test.each([
    [
      'doctor silent (R9) comes before the interval (R3)',
      { doctorResponseMs: 540_000 },
      [write('1:00', 'patient')],
      5,
      ['10:00 ended doctor_no_response'],
    ],
    [
      'doctor silent (R9) comes before idle (R8)',
      { doctorResponseMs: 540_000, idleMs: 540_000 },
      [write('1:00', 'patient')],
      5,
      ['10:00 ended doctor_no_response'],
    ],
    [
      'doctor silent (R9) comes before the longest session (R10)',
      { doctorResponseMs: 540_000, maxDurationMs: TEN_MINUTES_MS },
      [write('1:00', 'patient')],
      5,
      ['10:00 ended doctor_no_response'],
    ],
    [
      'doctor silent (R9) comes before exhaustion (R4)',
      { doctorResponseMs: 540_000 },
      [write('1:00', 'patient')],
      1,
      ['10:00 ended doctor_no_response'],
    ],
    [
      'no activity (R5) replaces the interval (R3)',
      {},
      [],
      5,
      ['10:00 charge 1 no_activity, grant 1', '10:00 ended no_activity'],
    ],
    [
      'no activity (R5) comes before idle (R8)',
      { idleMs: TEN_MINUTES_MS },
      [],
      5,
      ['10:00 charge 1 no_activity, grant 1', '10:00 ended no_activity'],
    ],
    [
      'no activity (R5) comes before the longest session (R10)',
      { maxDurationMs: TEN_MINUTES_MS },
      [],
      5,
      ['10:00 charge 1 no_activity, grant 1', '10:00 ended no_activity'],
    ],
    [
      'no activity (R5) that is free comes before the longest session (R10) that is not',
      { maxDurationMs: TEN_MINUTES_MS, noActivityUnits: 0 },
      [],
      5,
      ['10:00 ended no_activity'],
    ],
    [
      'the interval (R3) comes before idle (R8), which then finds no block in progress',
      { idleMs: 540_000 },
      [write('1:00', 'doctor')],
      5,
      [interval, '10:00 ended idle_timeout'],
    ],
    [
      'the interval (R3) comes before the longest session (R10), which then finds no block in progress',
      { maxDurationMs: TEN_MINUTES_MS },
      [write('1:00', 'doctor')],
      5,
      [interval, '10:00 ended max_duration'],
    ],
    [
      'the interval (R3) comes before exhaustion (R4)',
      {},
      [write('1:00', 'doctor')],
      1,
      [interval, '10:00 ended balance_exhausted'],
    ],
    [
      'idle (R8) comes before the longest session (R10)',
      { idleMs: 540_000, maxDurationMs: TEN_MINUTES_MS },
      [write('1:00', 'doctor')],
      5,
      [interval, '10:00 ended idle_timeout'],
    ],
    [
      'idle (R8) comes before exhaustion (R4)',
      { idleMs: 540_000 },
      [write('1:00', 'doctor')],
      1,
      [interval, '10:00 ended idle_timeout'],
    ],
    [
      'the longest session (R10) comes before exhaustion (R4)',
      { maxDurationMs: TEN_MINUTES_MS },
      [write('1:00', 'doctor')],
      1,
      [interval, '10:00 ended max_duration'],
    ],
  ] satisfies readonly [string, Partial<Policy>, unknown[], number, string[]][])(
    '%s',
    (_order, policy, messages, units, lines) => {
      const scene = play([aGrant({ units })], start('0:00', policy), ...messages, settleAt('10:00'));

      expect(told(scene)).toEqual(lines);
    },
  );

  test('inside a block, idle (R8) with its free block comes before the longest session (R10)', () => {
    const policy = { idleMs: 900_000, maxDurationMs: 960_000 };
    const scene = play([aGrant()], start('0:00', policy), write('1:00', 'doctor'), settleAt('60:00'));

    expect(told(scene)).toEqual([interval, '16:00 ended idle_timeout']);
  });

  test('every rule at once, and the doctor who is silent comes first of all', () => {
    const policy = { doctorResponseMs: 1, idleMs: 1, maxDurationMs: TEN_MINUTES_MS };
    const scene = play(
      [aGrant({ units: 1 })],
      start('0:00', { ...policy, idleMs: TEN_MINUTES_MS - 1, doctorResponseMs: TEN_MINUTES_MS - 1 }),
      write('0:00.001', 'patient'),
      settleAt('10:00'),
    );

    expect(told(scene)).toEqual(['10:00 ended doctor_no_response']);
    expect(balances(scene)).toEqual(['1: 1']);
  });
});

describe('R11 the next deadline of a session', () => {
  const wrote = (clock: string) => ({
    hasPatientActivity: true,
    firstPatientActivityAt: t(clock),
    lastActivityAt: t(clock),
  });

  test.each([
    ['the end of silence', {}, {}, '10:00'],
    ['the end of a shorter silence', { firstActivityMs: 180_000 }, {}, '3:00'],
    ['the boundary, once somebody wrote', { firstActivityMs: 180_000 }, wrote('1:00'), '10:00'],
    ['the boundary of its block', {}, { ...wrote('1:00'), blocksCompleted: 3 }, '40:00'],
    ['when it falls idle', { idleMs: 240_000 }, wrote('1:00'), '5:00'],
    ['when it falls idle, counted from the start', { idleMs: 240_000 }, {}, '4:00'],
    ['when the doctor is late', { doctorResponseMs: 120_000 }, wrote('1:00'), '3:00'],
    [
      'no matter of a doctor who wrote',
      { doctorResponseMs: 120_000 },
      { ...wrote('1:00'), hasDoctorActivity: true },
      '10:00',
    ],
    ['when it has lasted long enough', { maxDurationMs: 60_001 }, wrote('1:00'), '1:00.001'],
    ['the boundary, while the longest session is far', { maxDurationMs: 9_000_000 }, wrote('1:00'), '10:00'],
    [
      'the boundary it stands at, between two blocks',
      {},
      { ...wrote('1:00'), blocksCompleted: 2, heldOn: null },
      '20:00',
    ],
  ] as const)('is %s', (_what, policy, facts, clock) => {
    const session = anActiveSession({ ...facts, policy: { ...CLINIC, ...policy } });

    expect(clockOf(nextDeadline(session))).toBe(clock);
  });

  test.each([
    ['9:59.999', null],
    ['10:00', 1],
    ['10:00.001', 1],
  ])('is due at its own instant and not before: at %s session %s is', (clock, id) => {
    expect(firstDue([anActiveSession()], t(clock))?.session.id ?? null).toBe(id);
  });

  test('of several sessions the earliest is due first, and the lowest id of those at one instant', () => {
    const one = anActiveSession({ id: 1, startedAt: t('2:00') });
    const two = anActiveSession({ id: 2 });
    const three = anActiveSession({ id: 3 });
    const first = (...sessions: ActiveSession[]) => firstDue(sessions, t('60:00'));

    expect(first(one, three, two)).toEqual({ session: two, at: t('10:00') });
    expect(first(three, two, one)).toEqual({ session: two, at: t('10:00') });
    expect(first(one, three)).toEqual({ session: three, at: t('10:00') });
    expect(first()).toBeNull();
  });
});
