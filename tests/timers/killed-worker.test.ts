import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sessionId } from '../../src/billing/ids.ts';
import { createAlarmWorker } from '../../src/timers/alarm-worker.ts';
import { createAlarms } from '../../src/timers/alarms.ts';
import { createInspectableQueues } from '../../src/timers/inspection.ts';
import type { Notice } from '../../src/timers/notice.ts';
import { describeOnEachQueue, type QueueServer } from './queue-servers.ts';

const lockDurationMs = 1_000;
const stalledIntervalMs = 500;
/** What the looks themselves may take where other tests run beside this one. */
const busyMachineMs = 1_000;
const sessions = [1, 2, 3, 4, 5];

await describeOnEachQueue('a worker killed', (startServer) => {
  let server: QueueServer;

  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  it('has its alarms looked at by another within its lock and two stalled intervals', async () => {
    const alarms = await createAlarms(server.settings, () => {});
    const inspection = await createInspectableQueues(server.settings, () => {});
    await alarms.arm(sessions.map((number) => ({ sessionId: sessionId(number), delayMs: 0 })));
    const doomed = await startWorkerThatHangs();

    const looks: number[] = [];
    const notices: Notice[] = [];
    const allDone = Promise.withResolvers<void>();
    const rescuer = await createAlarmWorker({
      queue: server.settings,
      lockDurationMs,
      stalledIntervalMs,
      report: (notice) => notices.push(notice),
      onAlarm: async (id) => {
        if (looks.push(id) === sessions.length) allDone.resolve();
        return { kind: 'over' };
      },
    });
    const exited = once(doomed, 'exit');
    doomed.kill('SIGKILL');
    await exited;
    const killedAtMs = performance.now();
    await allDone.promise;
    const tookMs = performance.now() - killedAtMs;

    expect(looks.toSorted((one, other) => one - other)).toStrictEqual(sessions);
    expect(tookMs).toBeLessThan(lockDurationMs + 2 * stalledIntervalMs + busyMachineMs);
    // On Redis nobody has to find out that the worker is dead: its alarms just ring again.
    const told = server.settings.kind === 'redis' ? [] : ['alarm_stalled'];
    expect([...new Set(notices.map(({ kind }) => kind))]).toStrictEqual(told);
    await rescuer.close();
    expect(await inspection.counts()).toMatchObject([{ waiting: 0, delayed: 0, active: 0, failed: 0 }]);
    await Promise.all([alarms.close(), inspection.close()]);
  });

  /** Resolves when it has all alarms in hand. */
  async function startWorkerThatHangs(): Promise<ChildProcess> {
    const script = new URL('worker-that-hangs.ts', import.meta.url).pathname;
    const { kind, url } = server.settings;
    const args = [script, kind, url, `${lockDurationMs}`, `${stalledIntervalMs}`];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let inHand = 0;
    for await (const _ of createInterface({ input: child.stdout })) {
      inHand += 1;
      if (inHand === sessions.length) break;
    }
    return child;
  }
});
