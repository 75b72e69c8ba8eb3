/** Group commit, as a shape: no timer, no delay for a lone item, and bigger batches under load. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createBatcher, type BatcherOptions } from '../../src/sessions/batcher.ts';

/** Carries out batches only when it is told to, and keeps them. */
function handDriven(limits: Partial<Omit<BatcherOptions<number>, 'carryOut'>> = {}) {
  const batches: (readonly number[])[] = [];
  const unfinished: (() => void)[] = [];
  const gatherer = createBatcher<number>({
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
  return { ...gatherer, batches, finishOne };
}

/** Everything that needs no timer and no I/O has happened. */
async function turn(): Promise<void> {
  for (let step = 0; step < 10; step += 1) await Promise.resolve();
}

describe('gathering', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'setImmediate'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('lets a lone item go at once, without any timer', async () => {
    const gathered = handDriven();

    expect(gathered.add(1)).toBe(true);
    await Promise.resolve();

    expect(gathered.batches).toEqual([[1]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('lets the items of one turn of the event loop go together, in their order', async () => {
    const gathered = handDriven();
    for (const item of [3, 1, 2]) gathered.add(item);
    await turn();

    expect(gathered.batches).toEqual([[3, 1, 2]]);
  });

  test('keeps what arrives while a batch is under way for the next one, which grows by itself', async () => {
    const gathered = handDriven();
    gathered.add(1);
    await turn();
    for (const item of [2, 3]) gathered.add(item);
    await turn();
    gathered.add(4);
    await turn();

    expect(gathered.batches).toEqual([[1]]);
    await gathered.finishOne();
    expect(gathered.batches).toEqual([[1], [2, 3, 4]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('splits more items than a batch may have, and loses none', async () => {
    const gathered = handDriven({ maxBatchSize: 2 });
    for (const item of [1, 2, 3, 4, 5]) gathered.add(item);
    await turn();
    await gathered.finishOne();
    await gathered.finishOne();

    expect(gathered.batches).toEqual([[1, 2], [3, 4], [5]]);
  });

  test('has as many batches under way at once as it may, and not one more', async () => {
    const gathered = handDriven({ maxBatchSize: 1, startsAt: [1, 1] });
    for (const item of [1, 2, 3, 4]) gathered.add(item);
    await turn();

    expect(gathered.batches).toEqual([[1], [2]]);
    await gathered.finishOne();
    expect(gathered.batches).toEqual([[1], [2], [3]]);
  });

  test('starts a batch beside another only where enough wait for it, and any rest once nothing is under way', async () => {
    const gathered = handDriven({ startsAt: [1, 3] });
    gathered.add(1);
    await turn();
    for (const item of [2, 3]) gathered.add(item);
    await turn();
    expect(gathered.batches).toEqual([[1]]);

    gathered.add(4);
    await turn();
    expect(gathered.batches).toEqual([[1], [2, 3, 4]]);

    gathered.add(5);
    await gathered.finishOne();
    expect(gathered.batches, 'one is still under way').toHaveLength(2);
    await gathered.finishOne();
    expect(gathered.batches).toEqual([[1], [2, 3, 4], [5]]);
  });

  test('refuses an item where as many wait as may wait, and takes the next when there is room again', async () => {
    const gathered = handDriven({ limit: 2 });
    gathered.add(0);
    await turn();

    expect([gathered.add(1), gathered.add(2), gathered.add(3)]).toEqual([true, true, false]);
    await gathered.finishOne();
    expect(gathered.add(4)).toBe(true);
    await gathered.finishOne();
    await gathered.finishOne();
    expect(gathered.batches).toEqual([[0], [1, 2], [4]]);
  });

  test('is drained at once where nothing is there', async () => {
    await expect(handDriven().idle()).resolves.toBeUndefined();
  });

  test('is drained only when nothing waits and nothing is under way, and tells everybody who asked', async () => {
    const gathered = handDriven();
    const told: string[] = [];
    gathered.add(1);
    void gathered.idle().then(() => told.push('first'));
    await turn();
    gathered.add(2);
    void gathered.idle().then(() => told.push('second'));
    await turn();
    await gathered.finishOne();

    expect(told).toEqual([]);
    await gathered.finishOne();
    expect(told).toEqual(['first', 'second']);
  });

  test('can be drained, used and drained again', async () => {
    const gathered = handDriven();
    for (const item of [1, 2]) {
      gathered.add(item);
      const drained = gathered.idle();
      await turn();
      await gathered.finishOne();
      await expect(drained).resolves.toBeUndefined();
    }

    expect(gathered.batches).toEqual([[1], [2]]);
  });
});
