/** R3 Blocks: when a unit is held and when it is taken. Which grant pays is asked in grant.test.ts. */
import { describe, expect, test } from 'vitest';
import {
  blockStart,
  chargeBlock,
  currentBlockEnd,
  currentBlockStart,
  heldGrant,
  releaseBlock,
} from '../../src/billing/blocks.ts';
import { adjust, balances, end, settleAt, play, start, told, write } from './script.ts';
import { aGrant, anActiveSession, CLINIC, t } from './specimens.ts';

describe('R3 blocks', () => {
  test.each([
    [0, '0:00', '10:00'],
    [1, '10:00', '20:00'],
    [5, '50:00', '60:00'],
  ])('block %i runs from %s until %s', (block, from, until) => {
    const session = anActiveSession({ blocksCompleted: block });

    expect(blockStart(session, block)).toBe(t(from));
    expect(currentBlockStart(session)).toBe(t(from));
    expect(currentBlockEnd(session)).toBe(t(until));
  });

  test('blocks are counted from the start to the millisecond, not from the full minute', () => {
    const session = anActiveSession({
      startedAt: t('0:07.013'),
      policy: { ...CLINIC, intervalMs: 45_001 },
      blocksCompleted: 2,
    });

    expect(currentBlockStart(session)).toBe(t('1:37.015'));
    expect(currentBlockEnd(session)).toBe(t('2:22.016'));
  });

  test.each([
    ['9:59.999', [], '1: 5, 1 held'],
    ['10:00', ['10:00 charge 1 interval, grant 1'], '1: 4, 1 held'],
    ['10:00.001', ['10:00 charge 1 interval, grant 1'], '1: 4, 1 held'],
    ['19:59.999', ['10:00 charge 1 interval, grant 1'], '1: 4, 1 held'],
    ['20:00', ['10:00 charge 1 interval, grant 1', '20:00 charge 2 interval, grant 1'], '1: 3, 1 held'],
  ])('at %s a conversation that goes on was charged %j', (clock, lines, balance) => {
    const scene = play([aGrant()], start('0:00'), write('1:00', 'patient'), settleAt(clock));

    expect(told(scene)).toEqual(lines);
    expect(balances(scene)).toEqual([balance]);
  });

  test('200 messages in eleven minutes cost one interval', () => {
    const messages = Array.from({ length: 200 }, (_message, index) => {
      const seconds = Math.floor((index * 660) / 200);
      const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
      return write(clock, index % 3 === 0 ? 'doctor' : 'patient');
    });
    const scene = play([aGrant()], start('0:00'), ...messages, settleAt('11:00'));

    expect(scene.refused).toEqual([]);
    expect(told(scene)).toEqual(['10:00 charge 1 interval, grant 1']);
  });

  test('a session of one-second blocks is charged every second', () => {
    const policy = { intervalMs: 1000, firstActivityMs: 1000 };
    const scene = play([aGrant()], start('0:00', policy), write('0:00.500', 'doctor'), settleAt('0:03'));

    expect(told(scene)).toEqual([
      '0:01 charge 1 interval, grant 1',
      '0:02 charge 2 interval, grant 1',
      '0:03 charge 3 interval, grant 1',
    ]);
  });

  test('the units that are held can be spent by nobody else, and each session holds its own', () => {
    const scene = play([aGrant({ units: 2 })], start('0:00'), start('1:00', {}, 2), start('2:00', {}, 3));

    expect(scene.refused).toEqual(['2:00 insufficient_sessions']);
    expect(balances(scene)).toEqual(['1: 2, 2 held']);
  });

  test('two sessions and one unit: the second start is refused, and so is every one until the first is over', () => {
    const one = play([aGrant({ units: 1 })], start('0:00'), start('0:00', {}, 2), start('9:59.999', {}, 2));
    const released = play(
      [aGrant({ units: 1 })],
      start('0:00'),
      end('2:00', { by: 'admin', charge: false }),
      start('2:00', {}, 2),
    );

    expect(one.refused).toEqual(['0:00 insufficient_sessions', '9:59.999 insufficient_sessions']);
    expect(released.refused).toEqual([]);
    expect(balances(released)).toEqual(['1: 1, 1 held']);
  });

  test('a held unit cannot be taken by an adjustment, so the charge at the boundary cannot fail', () => {
    const scene = play(
      [aGrant({ units: 1 })],
      start('0:00'),
      write('1:00', 'patient'),
      adjust('2:00', -1),
      settleAt('10:00'),
    );

    expect(scene.refused).toEqual(['2:00 subscription_total_too_low']);
    expect(told(scene)).toEqual(['10:00 charge 1 interval, grant 1', '10:00 ended balance_exhausted']);
  });

  test('between two blocks no unit is held, so none can be charged or released', () => {
    const between = anActiveSession({ heldOn: null });

    expect(() => heldGrant(between)).toThrow(/holds no unit/);
    expect(() => chargeBlock(between, 'interval', t('10:00'))).toThrow(/holds no unit/);
    expect(() => releaseBlock(between, t('10:00'))).toThrow(/holds no unit/);
  });
});
