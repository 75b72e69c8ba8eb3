import { describe, expect, test, vi } from 'vitest';
import { atMost } from '../../src/async/at-most.ts';
import { createInFlight } from '../../src/async/in-flight.ts';
import { sleep } from '../../src/async/sleep.ts';
import { TimeoutError, withTimeout } from '../../src/async/timeout.ts';

const never = new Promise<never>(() => {});

describe('a timeout', () => {
  test('gives the result of what is done in time, and its error', async () => {
    await expect(withTimeout(Promise.resolve(7), 60_000, 'too late')).resolves.toBe(7);
    await expect(withTimeout(Promise.reject(new Error('broken')), 60_000, 'too late')).rejects.toThrow(
      'broken',
    );
  });

  test('rejects what takes longer, with the words it was given', async () => {
    await expect(withTimeout(never, 1, 'The queue did not answer within 1 ms')).rejects.toThrow(
      new TimeoutError('The queue did not answer within 1 ms'),
    );
  });
});

describe('a sleep', () => {
  test('ends at once when it is aborted, before it began or during it', async () => {
    const closing = new AbortController();
    const sleeping = sleep(600_000, closing.signal);
    closing.abort();

    await sleeping;
    await sleep(600_000, closing.signal);
  });
});

describe('work in flight', () => {
  test('is waited for, also where it fails', async () => {
    const inFlight = createInFlight();
    const first = Promise.withResolvers<number>();
    const second = Promise.withResolvers<number>();
    const tracked = inFlight.track(first.promise);
    const failing = inFlight.track(second.promise);
    let isIdle = false;
    const idle = inFlight.idle().then(() => (isIdle = true));

    first.resolve(1);
    await tracked;
    expect(inFlight.count()).toBe(1);
    expect(isIdle).toBe(false);
    second.reject(new Error('broken'));
    await expect(failing).rejects.toThrow('broken');
    await idle;
    expect(inFlight.count()).toBe(0);
  });

  test('that is empty needs no waiting', async () => {
    await createInFlight().idle();
  });
});

test('A line runs no more at a time than its limit, in order, and one that fails makes room as well', async () => {
  const inLine = atMost(2);
  const begun: number[] = [];
  const ends = [1, 2, 3, 4].map(() => Promise.withResolvers<number>());
  const results = ends.map(({ promise }, index) =>
    inLine(() => {
      begun.push(index);
      return promise;
    }),
  );
  const settled = Promise.allSettled(results);
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  ends[1]?.reject(new Error('it failed'));
  await vi.waitFor(() => expect(begun).toEqual([0, 1, 2]));
  for (const [index, { resolve }] of ends.entries()) resolve(index);
  expect((await settled).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ]);
  expect(begun).toEqual([0, 1, 2, 3]);
});
