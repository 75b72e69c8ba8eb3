import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { sessionId } from '../../src/billing/ids.ts';
import type { Alarm } from '../../src/sessions/alarms.ts';
import { createAlarms, type QueueAlarms } from '../../src/timers/alarms.ts';
import { createInspectableQueues, type InspectableQueues } from '../../src/timers/inspection.ts';
import { boardOf } from './board.ts';
import { describeOnEachQueue, type QueueServer } from './queue-servers.ts';

const alarm = (number: number, delayMs: number): Alarm => ({ sessionId: sessionId(number), delayMs });

await describeOnEachQueue('alarms', (startServer) => {
  let server: QueueServer;
  let alarms: QueueAlarms;
  let inspection: InspectableQueues;

  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  beforeEach(async () => {
    await server.lose();
    alarms = await createAlarms(server.settings, () => {});
    inspection = await createInspectableQueues(server.settings, () => {});
  });
  afterEach(async () => {
    await alarms.close();
    await inspection.close();
  });

  const board = () => boardOf(inspection);

  it('arms a session once, however often it is asked to', async () => {
    await alarms.arm([alarm(7, 60_000)]);
    await alarms.arm([alarm(7, 10_000), alarm(7, 20_000)]);
    await Promise.all(Array.from({ length: 20 }, () => alarms.arm([alarm(7, 0)])));
    expect(await inspection.counts()).toMatchObject([{ waiting: 0, delayed: 1, active: 0, failed: 0 }]);
    expect(await board().alarm(7)).toMatchObject({ id: 'session-7', delay: 60_000 });
  });

  it('puts the session id into the queue and nothing else', async () => {
    await alarms.arm([alarm(7, 60_000)]);
    const job = await board().alarm(7);
    expect(job.data).toStrictEqual({ sessionId: 7 });
    expect(job.name).toBe('look-at-session');
  });

  it('arms more sessions than fit into one operation', async () => {
    await alarms.arm(Array.from({ length: 2_345 }, (_, index) => alarm(index + 1, 60_000)));
    expect(await inspection.counts()).toMatchObject([{ delayed: 2_345 }]);
  });

  it('has nothing to do for an empty list', async () => {
    await alarms.arm([]);
    await alarms.bringForward([]);
    expect(await inspection.counts()).toMatchObject([{ waiting: 0, delayed: 0 }]);
  });

  it('brings an armed alarm forward without arming a second one', async () => {
    await alarms.arm([alarm(7, 600_000), alarm(8, 600_000)]);
    await alarms.bringForward([alarm(7, 30_000)]);
    expect(await board().alarm(7)).toMatchObject({ delay: 30_000 });
    expect(await board().alarm(8)).toMatchObject({ delay: 600_000 });
    expect(await board().delayedIds()).toStrictEqual(['session-7', 'session-8']);
  });

  it('arms a session whose alarm is to come forward but is missing', async () => {
    await alarms.bringForward([alarm(7, 30_000)]);
    expect(await board().alarm(7)).toMatchObject({ delay: 30_000 });
  });

  it('never makes an alarm ring later that is to come forward but is due already', async () => {
    await alarms.arm([alarm(7, 0)]);
    await alarms.bringForward([alarm(7, 30_000)]);
    expect((await board().alarm(7)).delay).toBe(0);
    expect((await inspection.counts()).map(({ waiting, delayed }) => waiting + delayed)).toStrictEqual([1]);
  });

  it('arms every session again after the queue was lost', async () => {
    const active = [alarm(7, 60_000), alarm(8, 60_000)];
    await alarms.arm(active);
    await server.lose();
    expect(await inspection.counts()).toMatchObject([{ delayed: 0 }]);
    await alarms.arm(active);
    expect(await board().delayedIds()).toStrictEqual(['session-7', 'session-8']);
  });

  it('arms a session again whose alarm an administrator removed', async () => {
    await alarms.arm([alarm(7, 60_000)]);
    await (await board().alarm(7)).remove();
    await alarms.arm([alarm(7, 60_000)]);
    expect(await board().delayedIds()).toStrictEqual(['session-7']);
  });

  it('shows every armed alarm to the adapter of the board', async () => {
    await alarms.arm([alarm(7, 60_000), alarm(8, 0)]);
    const adapter = new BullMQAdapter(board().queue);
    const { waiting = 0, delayed = 0 } = await adapter.getJobCounts();
    expect(waiting + delayed).toBe(2);
    const jobs = await adapter.getJobs(['delayed', 'waiting'], 0, 10);
    expect(new Set(jobs.map(({ id }) => id))).toStrictEqual(new Set(['session-7', 'session-8']));
  });

  it('answers a ping', async () => {
    expect(await inspection.ping(1_000)).toStrictEqual({ kind: 'up' });
  });
});
