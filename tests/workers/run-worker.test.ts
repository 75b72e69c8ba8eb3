import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { sessionId, type SessionId } from '../../src/billing/ids.ts';
import { createAlarms, type QueueAlarms } from '../../src/alarms/alarms.ts';
import { createInspectableQueues, type InspectableQueues } from '../../src/alarms/inspection.ts';
import { runWorker, type RunningWorker, type WorkerOptions } from '../../workers/run-worker.ts';
import { describeOnEachQueue, type QueueServer } from '../alarms/queue-servers.ts';
import { again, alarm, over } from '../alarms/scripted-looks.ts';

const eventually = { timeout: 15_000, interval: 10 };
const nothingOverdue = async () => ({ sessions: [], next: null });

await describeOnEachQueue('the worker process', (startServer) => {
  let server: QueueServer;
  let alarms: QueueAlarms;
  let inspection: InspectableQueues;
  let worker: RunningWorker | null = null;

  beforeAll(async () => {
    server = await startServer();
    alarms = await createAlarms(server.settings, () => {});
    inspection = await createInspectableQueues(server.settings, () => {});
  });
  afterAll(async () => {
    await alarms.close();
    await inspection.close();
    await server.stop();
  });

  beforeEach(() => server.lose());
  afterEach(async () => {
    await worker?.close();
    worker = null;
  });

  const counts = async () => (await inspection.counts())[0];

  function observed() {
    const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const metrics = { onLook: vi.fn(), onRound: vi.fn(), onNotice: vi.fn() };
    return { log, metrics, heartbeat: vi.fn(async () => {}) };
  }

  async function run(options: Partial<WorkerOptions>, seen = observed()) {
    worker = await runWorker({
      queue: server.settings,
      settle: async () => over,
      settleOverdue: nothingOverdue,
      arm: (overdue) => alarms.arm(overdue),
      ...seen,
      ...options,
    });
    return { running: worker, seen };
  }

  it('settles a session when its alarm rings, and measures it', async () => {
    const settled: SessionId[] = [];
    await alarms.arm([alarm(7, 0)]);
    const { seen } = await run({
      settle: async (id) => {
        settled.push(id);
        return again(60_000);
      },
    });
    await expect.poll(() => settled, eventually).toStrictEqual([7]);
    await expect.poll(counts, eventually).toMatchObject({ waiting: 0, active: 0, delayed: 1 });
    expect(seen.metrics.onLook).toHaveBeenCalledExactlyOnceWith({
      outcome: 'again',
      durationMs: expect.any(Number),
    });
  });

  it('finds a session whose alarm was lost, arms it again and says that alarms are late', async () => {
    let isOverdue = true;
    const { seen } = await run({
      settleOverdue: async () => {
        const sessions = isOverdue ? [{ sessionId: sessionId(7), next: again(60_000) }] : [];
        isOverdue = false;
        return { sessions, next: null };
      },
    });
    await expect.poll(counts, eventually).toMatchObject({ delayed: 1 });
    await expect.poll(() => seen.heartbeat.mock.calls.length, eventually).toBe(1);
    expect(seen.log.warn).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ sessions: 1 }),
      expect.stringContaining('overdue'),
    );
  });

  it('beats only when the sweep reached the database, and survives a heartbeat that fails', async () => {
    let calls = 0;
    const seen = observed();
    seen.heartbeat.mockRejectedValue(new Error('no heart'));
    await run(
      {
        sweep: { intervalMs: 10 },
        settleOverdue: async () => {
          calls += 1;
          if (calls === 1) throw new Error('no database');
          return { sessions: [], next: null };
        },
      },
      seen,
    );
    await expect.poll(() => calls, eventually).toBeGreaterThan(3);
    expect(seen.heartbeat.mock.calls.length).toBeLessThan(calls);
    expect(seen.heartbeat.mock.calls.length).toBeGreaterThan(1);
    expect(seen.log.error).toHaveBeenCalledTimes(1);
  });

  it('logs a look that failed, counts it and keeps the alarm armed', async () => {
    await alarms.arm([alarm(7, 0)]);
    const { seen } = await run({ settle: () => Promise.reject(new Error('no database')) });
    await expect.poll(() => seen.log.error.mock.calls.length, eventually).toBe(1);
    await expect.poll(counts, eventually).toMatchObject({ delayed: 1, active: 0 });
    expect(seen.metrics.onNotice).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ kind: 'alarm_failed', jobId: expect.stringMatching(/^session-7-/) }),
    );
    expect(seen.metrics.onLook).not.toHaveBeenCalled();
  });

  it('finishes what it has in hand when it is told to stop, and leaves the rest in the queue', async () => {
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    let done = 0;
    await alarms.arm([1, 2, 3].map((number) => alarm(number, 0)));
    const { running } = await run({
      concurrency: 1,
      settle: async () => {
        entered.resolve();
        await release.promise;
        done += 1;
        return over;
      },
    });
    await entered.promise;
    const closing = running.close();
    release.resolve();
    expect(await closing).toStrictEqual({ kind: 'closed' });
    expect(done).toBe(1);
    const { waiting = 0, delayed = 0, active } = (await counts()) ?? {};
    expect({ left: waiting + delayed, active }).toStrictEqual({ left: 2, active: 0 });
  });

  it('stops in bounded time even if a look never ends, and says so', async () => {
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    await alarms.arm([alarm(7, 0)]);
    const { running } = await run({
      closeTimeoutMs: 200,
      settle: async () => {
        entered.resolve();
        await release.promise;
        return over;
      },
    });
    await entered.promise;
    expect(await running.close()).toStrictEqual({ kind: 'timed_out' });
    release.resolve();
    await expect.poll(counts, eventually).toMatchObject({ active: 0 });
  });
});
