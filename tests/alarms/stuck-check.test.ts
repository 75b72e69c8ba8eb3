import { expect, onTestFinished, test } from 'vitest';
import { watchForStuck } from '../../src/alarms/stuck-check.ts';
import { describeOnEachQueue, useQueue } from './queue-servers.ts';
import { alarm } from './scripted-settle.ts';

const AFTER_MS = 300;

await describeOnEachQueue('a worker is stuck', (startServer) => {
  const { queue, arm } = useQueue(startServer);

  /** The reasons it found, and how often it asked. No worker runs: whatever is due stays due. */
  function watch(worker: { readonly hasRoom?: () => boolean; readonly taken?: () => number } = {}) {
    const closing = new AbortController();
    const seen = { reasons: [] as string[], rounds: 0 };
    const watching = watchForStuck(
      {
        queue: queue(),
        hasRoom: () => {
          seen.rounds += 1;
          return worker.hasRoom?.() ?? true;
        },
        taken: worker.taken ?? (() => 7),
        onStuck: (reason) => void seen.reasons.push(reason),
        afterMs: AFTER_MS,
        everyMs: 20,
      },
      closing.signal,
    );
    onTestFinished(async () => {
      closing.abort();
      await watching;
    });
    return seen;
  }

  /** Long enough that a stuck worker would have been found several times. */
  const untilAsked = (seen: { readonly rounds: number }, rounds: number) =>
    expect.poll(() => seen.rounds, { timeout: 15_000 }).toBeGreaterThan(rounds);

  test('where a job is due, the queue answers, and it has room and takes nothing', async () => {
    await arm([alarm(7, 0)]);
    const seen = watch();
    await expect
      .poll(() => seen.reasons, { timeout: 15_000 })
      .toStrictEqual([expect.stringMatching(/job session-7-\d+ has been due for \d+ s/)]);
  });

  test.for([
    ['is empty', async () => {}],
    ['has only alarms that are not due', () => arm([alarm(7, 600_000)])],
  ] as const)('not where the queue %s: silence is normal', async ([, prepare]) => {
    await prepare();
    const seen = watch();
    await untilAsked(seen, 60);
    expect(seen.reasons).toStrictEqual([]);
  });

  test('not where the queue is paused, the worker is full, or it takes jobs', async () => {
    await arm([alarm(7, 0)]);
    let taken = 0;
    const full = watch({ hasRoom: () => false });
    const busy = watch({ taken: () => (taken += 1) });
    await untilAsked(busy, 60);
    expect([...full.reasons, ...busy.reasons]).toStrictEqual([]);
    await queue().pause();
    const paused = watch();
    await untilAsked(paused, 60);
    expect(paused.reasons).toStrictEqual([]);
  });
});
