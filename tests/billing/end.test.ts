/** R6 End: what an end by a participant and by an admin costs. */
import { describe, expect, test } from 'vitest';
import { endSession } from '../../src/billing/end.ts';
import { balances, end, settleAt, play, start, told, write } from './script.ts';
import { aGrant, anActiveSession, CLINIC, t } from './specimens.ts';

const chargesOf = (lines: readonly string[]) => lines.filter((line) => line.includes(' charge ')).length;

describe('R6 an end by a participant', () => {
  test.each([
    ['0:00', 0],
    ['0:00.001', 1],
    ['8:00', 1],
    ['9:59.999', 1],
    ['10:00', 1],
    ['10:00.001', 2],
    ['12:00', 2],
    ['20:00', 2],
    ['20:00.001', 3],
    ['25:00', 3],
    ['35:00', 4],
  ])('at %s costs %i in all', (clock, units) => {
    const scene = play([aGrant()], start('0:00'), write('0:00', 'patient'), end(clock));

    expect(chargesOf(told(scene))).toBe(units);
    expect(told(scene).at(-1)).toBe(`${clock} ended manual_end`);
    expect(balances(scene)).toEqual([`1: ${5 - units}`]);
  });

  test('charges the block in progress with its own reason, beside the intervals before it', () => {
    const scene = play([aGrant()], start('0:00'), write('1:00', 'doctor'), end('25:00'));

    expect(told(scene)).toEqual([
      '10:00 charge 1 interval, grant 1',
      '20:00 charge 2 interval, grant 1',
      '25:00 charge 3 manual_end, grant 1',
      '25:00 ended manual_end',
    ]);
  });

  test.each([
    ['12:59.999', 1],
    ['13:00', 1],
    ['13:00.001', 2],
    ['19:59.999', 2],
    ['20:00', 2],
    ['23:00', 2],
    ['23:00.001', 3],
  ])('at %s costs %i where three minutes of a block are free', (clock, units) => {
    const policy = { endGraceMs: 180_000 };
    const scene = play([aGrant()], start('0:00', policy), write('0:00', 'patient'), end(clock));

    expect(chargesOf(told(scene))).toBe(units);
    expect(balances(scene)).toEqual([`1: ${5 - units}`]);
  });

  test('says in its answer how many units it charged itself: one or none', () => {
    const unitsOf = (clock: string) =>
      endSession(anActiveSession({ blocksCompleted: 1 }), { by: 'participant' }, t(clock))
        .filter((change) => change.kind === 'session_ended')
        .map(({ units }) => units);

    expect(unitsOf('10:00')).toEqual([0]);
    expect(unitsOf('10:00.001')).toEqual([1]);
  });

  test('again costs nothing and changes nothing', () => {
    const once = play([aGrant()], start('0:00'), write('1:00', 'patient'), end('12:00'));
    const often = [end('12:00'), end('12:00.001'), end('25:00'), end('26:00', { by: 'admin', charge: true })];
    const again = play([aGrant()], start('0:00'), write('1:00', 'patient'), end('12:00'), ...often);

    expect(again.account).toEqual(once.account);
    expect(again.changes).toEqual(once.changes);
  });

  test('at the very instant of the interval alarm leaves the same ledger in both orders', () => {
    const talk = [start('0:00'), write('1:00', 'patient')];

    const alarmFirst = play([aGrant()], ...talk, settleAt('10:00'), end('10:00'));
    const endFirst = play([aGrant()], ...talk, end('10:00'), settleAt('10:00'));

    expect(alarmFirst).toEqual(endFirst);
    expect(told(endFirst)).toEqual(['10:00 charge 1 interval, grant 1', '10:00 ended manual_end']);
  });
});

describe('R6 an end by an admin', () => {
  test.each([
    ['0:00', true, 1],
    ['0:00', false, 0],
    ['8:00', true, 1],
    ['8:00', false, 0],
    ['10:00', true, 2],
    ['10:00', false, 1],
    ['12:00', true, 2],
    ['12:00', false, 1],
  ])('at %s with "charge that block: %s" costs %i in all', (clock, charge, units) => {
    const request = { by: 'admin', charge } as const;
    const scene = play([aGrant()], start('0:00'), write('0:00', 'patient'), end(clock, request));

    expect(chargesOf(told(scene))).toBe(units);
    expect(told(scene).at(-1)).toBe(`${clock} ended admin_end`);
    expect(balances(scene)).toEqual([`1: ${5 - units}`]);
  });

  test('charges what the admin chose, also within the grace', () => {
    const session = anActiveSession({ policy: { ...CLINIC, endGraceMs: 180_000 } });
    const kindsAt = (clock: string, charge: boolean) =>
      endSession(session, { by: 'admin', charge }, t(clock)).map(({ kind }) => kind);

    expect(kindsAt('0:01', true)).toEqual(['unit_charged', 'session_ended']);
    expect(kindsAt('9:00', false)).toEqual(['hold_released', 'session_ended']);
  });

  test('charges with the reason of its own', () => {
    const scene = play(
      [aGrant()],
      start('0:00'),
      write('0:00', 'patient'),
      end('4:00', { by: 'admin', charge: true }),
    );

    expect(told(scene)).toEqual(['4:00 charge 1 admin_end, grant 1', '4:00 ended admin_end']);
  });

  test('comes too late for a session that ended by itself at that instant', () => {
    const scene = play([aGrant()], start('0:00'), end('10:00', { by: 'admin', charge: false }));

    expect(told(scene)).toEqual(['10:00 charge 1 no_activity, grant 1', '10:00 ended no_activity']);
  });
});

describe('R6 the units that an end says it charged itself', () => {
  test.each([
    ['manual_end', 1, {}, [write('1:00', 'doctor'), end('8:00')]],
    ['manual_end', 0, {}, [write('1:00', 'doctor'), end('10:00')]],
    ['admin_end', 1, {}, [end('8:00', { by: 'admin', charge: true })]],
    ['admin_end', 0, {}, [end('8:00', { by: 'admin', charge: false })]],
    ['no_activity', 1, {}, []],
    ['no_activity', 0, { noActivityUnits: 0 }, []],
    ['balance_exhausted', 0, {}, [write('1:00', 'doctor')]],
    ['idle_timeout', 1, { idleMs: 60_000 }, [write('0:30', 'doctor')]],
    ['idle_timeout', 0, { idleMs: 60_000 }, []],
    ['idle_timeout', 0, { idleMs: 540_000 }, [write('1:00', 'doctor')]],
    ['doctor_no_response', 0, { doctorResponseMs: 60_000 }, [write('1:00', 'patient')]],
    ['max_duration', 1, { maxDurationMs: 300_000 }, []],
    ['max_duration', 0, { maxDurationMs: 600_000 }, [write('1:00', 'doctor')]],
  ] as const)('by %s are %i under %j (%#)', (endReason, endUnits, policy, steps) => {
    const scene = play([aGrant({ units: 2 })], start('0:00', policy), ...steps, settleAt('60:00'));

    expect(scene.account.sessions[0]).toMatchObject({ endReason, endUnits });
  });
});
