import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SweepRound } from '../../src/sessions/sweep.ts';
import { startSweep, type Sweep, type SweepOptions } from '../../workers/sweep.ts';

const ROUND: SweepRound = { pages: 1, sessions: 0, failed: 0, durationMs: 1, settled: [] };

describe('the sweep of a worker', () => {
  let sweep: Sweep | null = null;
  let rounds: SweepRound[] = [];
  let errors: unknown[] = [];

  beforeEach(() => {
    vi.useFakeTimers();
    rounds = [];
    errors = [];
  });
  afterEach(async () => {
    const closing = sweep?.close();
    await vi.advanceTimersByTimeAsync(60_000);
    await closing;
    vi.useRealTimers();
  });

  function start(options: Partial<SweepOptions> = {}): Sweep {
    sweep = startSweep({
      sweepOnce: async () => ROUND,
      onRound: (round) => rounds.push(round),
      onError: (error) => errors.push(error),
      ...options,
    });
    return sweep;
  }

  test('begins at once, then rests', async () => {
    start();
    await vi.advanceTimersByTimeAsync(0);
    expect(rounds).toEqual([ROUND]);
    await vi.advanceTimersByTimeAsync(3_900);
    expect(rounds).toHaveLength(1);
  });

  test('comes back after its interval, give or take a fifth, for as long as it runs', async () => {
    start({ intervalMs: 5_000 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(rounds.length).toBeGreaterThanOrEqual(1 + 60_000 / 6_000);
    expect(rounds.length).toBeLessThanOrEqual(1 + 60_000 / 4_000);
  });

  test('goes on with the next round after one that broke off', async () => {
    let calls = 0;
    start({
      sweepOnce: async () => {
        calls += 1;
        if (calls === 1) throw new Error('no database');
        return ROUND;
      },
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(errors).toStrictEqual([new Error('no database')]);
    expect(rounds).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(rounds).toHaveLength(1);
  });

  test('never runs twice at a time, however long a round takes', async () => {
    let running = 0;
    let most = 0;
    start({
      intervalMs: 1_000,
      sweepOnce: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 30_000));
        running -= 1;
        return ROUND;
      },
    });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(rounds.length).toBeGreaterThan(1);
    expect(most).toBe(1);
  });

  test('closes when the page under way is done, and begins no other round', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    let begun = 0;
    let isTold = false;
    const running = start({
      sweepOnce: async (closing) => {
        begun += 1;
        await released;
        isTold = closing.aborted;
        return ROUND;
      },
    });
    let isClosed = false;
    const closing = running.close().then(() => (isClosed = true));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(isClosed).toBe(false);
    release();
    await closing;
    expect(isTold).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(begun).toBe(1);
  });

  test('closes at once while it rests', async () => {
    const running = start();
    await vi.advanceTimersByTimeAsync(0);
    await running.close();
    await running.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
