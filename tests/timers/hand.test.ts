import { describe, expect, it, vi } from 'vitest';
import { createHand } from '../../src/timers/hand.ts';

describe('the hand of a worker', () => {
  it('never holds more than it has places for, whoever reserves them', () => {
    const hand = createHand(10);
    expect(hand.reserve(6)).toBe(6);
    expect(hand.reserve(6)).toBe(4);
    expect(hand.reserve(6)).toBe(0);
    hand.giveBack(10);
    expect(hand.free()).toBe(10);
  });

  it('keeps one place for an alarm that was taken twice, with the newer lease', () => {
    const hand = createHand(10);
    hand.reserve(2);
    expect(hand.put('session-7', 1)).toBe(true);
    expect(hand.put('session-7', 2)).toBe(false);
    hand.giveBack(1);
    expect(hand.free()).toBe(9);
    expect(hand.remove('session-7')).toBe(2);
    expect(hand.free()).toBe(10);
  });

  it('tells of room once a quarter of it is free, not for each place', () => {
    const hand = createHand(8);
    const told = vi.fn();
    const stop = hand.onRoom(told);
    hand.reserve(8);
    for (let id = 0; id < 8; id += 1) hand.put(`session-${id}`, 1);
    hand.remove('session-0');
    expect(told).not.toHaveBeenCalled();
    hand.remove('session-1');
    hand.remove('session-2');
    expect(told).toHaveBeenCalledTimes(1);
    stop();
  });
});
