import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createAlarmWorker,
  type AlarmWorker,
  type AlarmWorkerOptions,
} from '../../src/timers/alarm-worker.ts';
import { createAlarms, type QueueAlarms } from '../../src/timers/alarms.ts';
import { createInspectableQueues, type InspectableQueues } from '../../src/timers/inspection.ts';
import type { Notice } from '../../src/timers/notice.ts';
import { boardOf } from './board.ts';
import { startPostgresQueue, type QueueServer } from './queue-servers.ts';
import { again, alarm, held, scripted } from './scripted-looks.ts';

const eventually = { timeout: 15_000, interval: 5 };
const empty = { queue: 'session-alarms', waiting: 0, delayed: 0, active: 0, failed: 0 };

/** Where BullMQ's own worker takes the alarms, a job in hand is "active" and nobody can change it. */
describe('an alarm in the hands of the worker on PostgreSQL', () => {
  let server: QueueServer;
  let alarms: QueueAlarms;
  let inspection: InspectableQueues;
  let worker: AlarmWorker | null = null;
  let notices: Notice[] = [];

  beforeAll(async () => {
    server = await startPostgresQueue();
    alarms = await createAlarms(server.settings, () => {});
    inspection = await createInspectableQueues(server.settings, () => {});
  });
  afterAll(async () => {
    await alarms.close();
    await inspection.close();
    await server.stop();
  });
  beforeEach(async () => {
    await server.lose();
    notices = [];
  });
  afterEach(async () => {
    await worker?.close();
    worker = null;
  });

  const board = () => boardOf(inspection);
  const counts = async () => (await inspection.counts())[0];

  async function work({ onAlarm }: Pick<AlarmWorkerOptions, 'onAlarm'>): Promise<void> {
    const report = (notice: Notice): void => void notices.push(notice);
    worker = await createAlarmWorker({ queue: server.settings, report, onAlarm });
  }

  it('keeps the delay that the look said when it is brought forward in the middle of the look', async () => {
    const { onAlarm, entered, release } = held(again(60_000));
    await alarms.arm([alarm(7, 0)]);
    await work({ onAlarm });
    await entered;
    await alarms.bringForward([alarm(7, 100)]);
    expect(await counts()).toStrictEqual({ ...empty, active: 1 });
    release();
    await expect.poll(counts, eventually).toStrictEqual({ ...empty, delayed: 1 });
    expect(await board().alarm(7)).toMatchObject({ delay: 60_000 });
  });

  it('is dropped when somebody spoilt its payload, and the session can be armed again', async () => {
    const { looks, onAlarm } = scripted(again(60_000));
    await alarms.arm([alarm(7, 600_000)]);
    const job = await board().alarm(7);
    await job.updateData({ sessionId: 'seven', units: 100 });
    await job.promote();
    await work({ onAlarm });
    await expect.poll(counts, eventually).toStrictEqual(empty);
    expect(notices).toStrictEqual([
      { kind: 'alarm_dropped', jobId: 'session-7', jobName: 'look-at-session' },
    ]);
    await alarms.arm([alarm(7, 0)]);
    await expect.poll(counts, eventually).toStrictEqual({ ...empty, delayed: 1 });
    expect(looks).toStrictEqual([7]);
  });

  it('causes one look at the session that somebody wrote into it, and is not kept', async () => {
    const { looks, onAlarm } = scripted(again(60_000));
    await alarms.arm([alarm(7, 600_000)]);
    const job = await board().alarm(7);
    await job.updateData({ sessionId: 8 });
    await job.promote();
    await work({ onAlarm });
    await expect.poll(() => looks, eventually).toStrictEqual([8]);
    await expect.poll(counts, eventually).toStrictEqual(empty);
  });

  it('is told to have been taken away when the queue is lost in the middle of the look', async () => {
    const { onAlarm, entered, release } = held(again(60_000));
    await alarms.arm([alarm(7, 0)]);
    await work({ onAlarm });
    await entered;
    await server.lose();
    release();
    await expect.poll(() => notices.map(({ kind }) => kind), eventually).toContain('alarm_taken_away');
  });
});
