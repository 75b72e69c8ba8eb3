import { afterAll, beforeAll, beforeEach, expect, onTestFinished } from 'vitest';
import {
  createAlarmWorker,
  type AlarmWorker,
  type AlarmWorkerOptions,
} from '../../src/timers/alarm-worker.ts';
import { createAlarms, type QueueAlarms } from '../../src/timers/alarms.ts';
import { createInspectableQueues, type InspectableQueues } from '../../src/timers/inspection.ts';
import type { Notice } from '../../src/timers/notice.ts';
import { boardOf } from './board.ts';
import type { QueueServer } from './queue-servers.ts';

export const eventually = { timeout: 15_000, interval: 5 };
export const empty = { queue: 'session-alarms', waiting: 0, delayed: 0, active: 0, failed: 0 };

/** For the tests of a `describe`: a server of theirs, one producer and one view, and an empty queue before each test. */
export function useQueue(startServer: () => Promise<QueueServer>) {
  let server: QueueServer;
  let alarms: QueueAlarms;
  let inspection: InspectableQueues;
  const notices: Notice[] = [];

  beforeAll(async () => {
    server = await startServer();
    alarms = await createAlarms(server.settings, () => {});
    inspection = await createInspectableQueues(server.settings, () => {});
  });
  afterAll(async () => {
    await Promise.all([alarms.close(), inspection.close()]);
    await server.stop();
  });
  beforeEach(async () => {
    await server.lose();
    notices.length = 0;
  });

  const board = () => boardOf(inspection);
  return {
    url: () => server.settings.url,
    lose: () => server.lose(),
    arm: (...toArm: Parameters<QueueAlarms['arm']>) => alarms.arm(...toArm),
    bringForward: (...toBring: Parameters<QueueAlarms['bringForward']>) => alarms.bringForward(...toBring),
    board,
    counts: async () => (await inspection.counts())[0],
    /** Waits until the alarm of session 7 is back in the queue, with this delay. */
    asleepFor: (delayMs: number) =>
      expect.poll(async () => (await board().alarm(7)).delay, eventually).toBe(delayMs),
    /** What the workers of this test reported so far. */
    notices,
    /** Begins to work, until the test is over. */
    work: async (
      options: Pick<AlarmWorkerOptions, 'onAlarm'> & Partial<AlarmWorkerOptions>,
    ): Promise<AlarmWorker> => {
      const report = (notice: Notice): void => void notices.push(notice);
      const worker = await createAlarmWorker({
        queue: server.settings,
        report,
        retryAfterMs: 20,
        ...options,
      });
      onTestFinished(() => worker.close());
      return worker;
    },
  };
}
