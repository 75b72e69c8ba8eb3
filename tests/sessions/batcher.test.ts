/** Group commit, as a shape: no timer, no delay for a lone item, and bigger batches under load. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createBatcher, type BatcherOptions } from '../../src/sessions/batcher.ts';

/** Carries out batches only when it is told to, and keeps them. */
function handDriven(limits: Partial<Omit<BatcherOptions<number>, 'carryOut'>> = {}) {
  const batches: (readonly number[])[] = [];
  const unfinished: (() => void)[] = [];
  const batcher = createBatcher<number>({
    maxBatchSize: 100,
    startsAt: [1],
    limit: 1000,
    ...limits,
    carryOut: (batch) => {
      batches.push(batch);
      return new Promise((resolve) => unfinished.push(resolve));
    },
  });
  const finishOne = async (): Promise<void> => {
    unfinished.shift()?.();
    await turn();
  };
  return { ...batcher, batches, finishOne };
}

/** Everything that needs no timer and no I/O has happened. */
async function turn(): Promise<void> {
  for (let step = 0; step < 10; step += 1) await Promise.resolve();
}

describe('the batcher', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'setImmediate'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('lets a lone item go at once, without any timer', async () => {
    const batcher = handDriven();

    expect(batcher.add(1)).toBe(true);
    await Promise.resolve();

    expect(batcher.batches).toEqual([[1]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('lets the items of one turn of the event loop go together, in their order', async () => {
    const batcher = handDriven();
    for (const item of [3, 1, 2]) batcher.add(item);
    await turn();

    expect(batcher.batches).toEqual([[3, 1, 2]]);
  });

  test('keeps what arrives while a batch is under way for the next one, which grows by itself', async () => {
    const batcher = handDriven();
    batcher.add(1);
    await turn();
    for (const item of [2, 3]) batcher.add(item);
    await turn();
    batcher.add(4);
    await turn();

    expect(batcher.batches).toEqual([[1]]);
    await batcher.finishOne();
    expect(batcher.batches).toEqual([[1], [2, 3, 4]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('splits more items than a batch may have, and loses none', async () => {
    const batcher = handDriven({ maxBatchSize: 2 });
    for (const item of [1, 2, 3, 4, 5]) batcher.add(item);
    await turn();
    await batcher.finishOne();
    await batcher.finishOne();

    expect(batcher.batches).toEqual([[1, 2], [3, 4], [5]]);
  });

  test('has as many batches under way at once as it may, and not one more', async () => {
    const batcher = handDriven({ maxBatchSize: 1, startsAt: [1, 1] });
    for (const item of [1, 2, 3, 4]) batcher.add(item);
    await turn();

    expect(batcher.batches).toEqual([[1], [2]]);
    await batcher.finishOne();
    expect(batcher.batches).toEqual([[1], [2], [3]]);
  });

  test('starts a batch beside another only where enough wait for it, and any rest once nothing is under way', async () => {
    const batcher = handDriven({ startsAt: [1, 3] });
    batcher.add(1);
    await turn();
    for (const item of [2, 3]) batcher.add(item);
    await turn();
    expect(batcher.batches).toEqual([[1]]);

    batcher.add(4);
    await turn();
    expect(batcher.batches).toEqual([[1], [2, 3, 4]]);

    batcher.add(5);
    await batcher.finishOne();
    expect(batcher.batches, 'one is still under way').toHaveLength(2);
    await batcher.finishOne();
    expect(batcher.batches).toEqual([[1], [2, 3, 4], [5]]);
  });

  test('refuses an item where as many wait as may wait, and takes the next when there is room again', async () => {
    const batcher = handDriven({ limit: 2 });
    batcher.add(0);
    await turn();

    expect([batcher.add(1), batcher.add(2), batcher.add(3)]).toEqual([true, true, false]);
    await batcher.finishOne();
    expect(batcher.add(4)).toBe(true);
    await batcher.finishOne();
    await batcher.finishOne();
    expect(batcher.batches).toEqual([[0], [1, 2], [4]]);
  });

  test('is idle at once where nothing is there', async () => {
    await expect(handDriven().idle()).resolves.toBeUndefined();
  });

  test('is idle only when nothing waits and nothing is under way, and tells everybody who asked', async () => {
    const batcher = handDriven();
    const told: string[] = [];
    batcher.add(1);
    void batcher.idle().then(() => told.push('first'));
    await turn();
    batcher.add(2);
    void batcher.idle().then(() => told.push('second'));
    await turn();
    await batcher.finishOne();

    expect(told).toEqual([]);
    await batcher.finishOne();
    expect(told).toEqual(['first', 'second']);
  });

  test('can be idle, used and idle again', async () => {
    const batcher = handDriven();
    for (const item of [1, 2]) {
      batcher.add(item);
      const idle = batcher.idle();
      await turn();
      await batcher.finishOne();
      await expect(idle).resolves.toBeUndefined();
    }

    expect(batcher.batches).toEqual([[1], [2]]);
  });
});
