import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createInspectableQueues, type InspectableQueues } from '../../src/alarms/board.ts';
import { createAlarms, type QueueAlarms } from '../../src/alarms/producer.ts';
import { sessionId, type SessionId } from '../../src/billing/ids.ts';
import { instant } from '../../src/billing/time.ts';
import type { SweepRound } from '../../src/sessions/sweep.ts';
import { runWorker, type RunningWorker, type WorkerOptions } from '../../workers/run-worker.ts';
import { describeOnEachQueue, type QueueServer } from '../alarms/queue-servers.ts';
import { active, alarm, ended, storing } from '../alarms/scripted-settle.ts';

const EVENTUALLY = { timeout: 15_000, interval: 10 };
const ROUND: SweepRound = { pages: 1, sessions: 0, failed: 0, durationMs: 1, settled: [] };

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

  const countAlarms = async () => {
    const jobs = (await inspection.queues[0]?.getJobs(['waiting', 'delayed', 'active'])) ?? [];
    return jobs.filter((job) => job.name.startsWith('settle session')).length;
  };

  function observed() {
    const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const metrics = { settled: vi.fn(), sweepRound: vi.fn(), heartbeat: vi.fn() };
    return { log, metrics, report: vi.fn(), onStuck: vi.fn() };
  }

  async function run(options: Partial<WorkerOptions> = {}, seen = observed()) {
    worker = await runWorker({
      queue: server.settings,
      settle: async () => ended(),
      sweepOnce: async () => ROUND,
      arm: (toArm) => alarms.arm(toArm),
      deadlines: storing(),
      audit: null,
      ...seen,
      ...options,
    });
    return { running: worker, seen };
  }

  test('settles a session when its alarm rings, and measures it', async () => {
    const settled: SessionId[] = [];
    await alarms.arm([alarm(7, 0)]);
    const { seen } = await run({
      settle: async (id) => {
        settled.push(id);
        return active(7, 60_000);
      },
    });
    await expect.poll(() => settled, EVENTUALLY).toStrictEqual([7]);
    await expect.poll(countAlarms, EVENTUALLY).toBe(1);
    expect(seen.metrics.settled).toHaveBeenCalledExactlyOnceWith({
      outcome: 'active',
      durationMs: expect.any(Number),
    });
  });

  test('arms all sessions again, and says that alarms are late, when the sweep finds one whose alarm is lost', async () => {
    const stored = [alarm(8, 60_000), alarm(9, 60_000)];
    const lost = { sessionId: sessionId(7), nextDeadlineAt: instant(Date.now() - 5_000) };
    const { promise: swept, resolve: sweep } = Promise.withResolvers<void>();
    let sweeps = 0;
    const { seen } = await run({
      deadlines: storing(stored),
      sweepOnce: async () => {
        sweeps += 1;
        if (sweeps > 1) return ROUND;
        await swept;
        return { ...ROUND, sessions: 1, settled: [lost] };
      },
    });
    await expect.poll(countAlarms, EVENTUALLY).toBe(2);
    await Promise.all(
      stored.map(async (one) => inspection.queues[0]?.remove(`session-${one.sessionId}-${one.at}`)),
    );
    expect(await countAlarms()).toBe(0);
    sweep();
    await expect.poll(countAlarms, EVENTUALLY).toBe(2);
    expect(seen.log.warn).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ sessions: 1 }),
      expect.stringContaining('overdue'),
    );
  });

  test('sends its heartbeat only when the sweep reached the database', async () => {
    let calls = 0;
    const { seen } = await run({
      sweepIntervalMs: 10,
      sweepOnce: async () => {
        calls += 1;
        if (calls === 1) throw new Error('no database');
        return ROUND;
      },
    });
    await expect.poll(() => calls, EVENTUALLY).toBeGreaterThan(3);
    expect(seen.metrics.heartbeat.mock.calls.length).toBeLessThan(calls);
    expect(seen.metrics.heartbeat.mock.calls.length).toBeGreaterThan(1);
    expect(seen.log.error).toHaveBeenCalledTimes(1);
  });

  test('reports a settling that failed, and keeps the alarm', async () => {
    await alarms.arm([alarm(7, 0)]);
    const { seen } = await run({ settle: () => Promise.reject(new Error('a bug')) });
    await expect
      .poll(() => seen.report.mock.calls.map(([{ kind }]) => kind), EVENTUALLY)
      .toContain('alarm_failed');
    expect(await countAlarms()).toBe(1);
    expect(seen.metrics.settled).not.toHaveBeenCalled();
  });

  test('finishes what is in flight when it is told to stop, and leaves the rest in the queue', async () => {
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const settled: SessionId[] = [];
    await alarms.arm([1, 2, 3].map((number) => alarm(number, 0)));
    const { running } = await run({
      concurrency: 1,
      settle: async (id) => {
        entered.resolve();
        await release.promise;
        settled.push(id);
        return ended();
      },
    });
    await entered.promise;
    const closing = running.close();
    release.resolve();
    expect(await closing).toStrictEqual({ kind: 'closed' });
    expect(settled).toHaveLength(1);
    expect(await countAlarms()).toBe(2);
  });

  test('stops in bounded time even if settling never ends, and says so', async () => {
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    await alarms.arm([alarm(7, 0)]);
    const { running } = await run({
      closeTimeoutMs: 200,
      settle: async () => {
        entered.resolve();
        await release.promise;
        return ended();
      },
    });
    await entered.promise;
    expect(await running.close()).toStrictEqual({ kind: 'timed_out' });
    release.resolve();
    await expect.poll(countAlarms, EVENTUALLY).toBe(0);
  });

  test('closes within two seconds when nothing is in flight', async () => {
    const { running } = await run();
    await alarms.arm([alarm(7, 600_000)]);
    const startMs = performance.now();
    expect(await running.close()).toStrictEqual({ kind: 'closed' });
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });
});
