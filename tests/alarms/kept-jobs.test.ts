import { createPostgresBackend, QueueEvents, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { createInspectableQueues, type InspectableQueues } from '../../src/alarms/board.ts';
import { alarmId } from '../../src/alarms/job.ts';
import { postgresConnection } from '../../src/alarms/postgres.ts';
import { createAlarms, type QueueAlarms } from '../../src/alarms/producer.ts';
import { createUpkeep, type KeptJobs } from '../../src/alarms/upkeep.ts';
import { openWorker } from './alarm-worker.ts';
import { describeOnEachQueue, type QueueServer } from './queue-servers.ts';
import { alarm, ended, storing } from './scripted-settle.ts';

const EVENTUALLY = { timeout: 20_000, interval: 20 };
const DAY_MS = 86_400_000;

type Listener = (event: { readonly jobId: string; readonly returnvalue: unknown }) => void;

await describeOnEachQueue('jobs that are done', (startServer) => {
  let server: QueueServer;
  let alarms: QueueAlarms;
  let inspection: InspectableQueues;

  beforeAll(async () => {
    server = await startServer();
    alarms = await createAlarms(server.settings, () => {});
    inspection = await createInspectableQueues(server.settings, () => {});
  });
  afterAll(async () => {
    await Promise.all([alarms.close(), inspection.close()]);
    await server.stop();
  });
  beforeEach(() => server.lose());

  const queue = () => inspection.queues[0] ?? expect.fail('no queue');
  const doneSessions = async () =>
    (await queue().getCompleted())
      .filter(({ name }) => name.startsWith('settle session'))
      .map(({ data }) => Number(data.session));
  const tidy = (kept: KeptJobs) =>
    createUpkeep(
      queue(),
      { deadlines: storing(), arm: alarms.arm, auditAtHour: null, report: () => {} },
      kept,
    ).tidy();

  test('are kept up to a number, the newest ones, and up to an age', async () => {
    const worker = await openWorker(server.settings, { settle: async () => ended() });
    for (const session of [1, 2, 3, 4, 5]) {
      await alarms.arm([alarm(session, 0)]);
      await expect.poll(doneSessions, EVENTUALLY).toContain(session);
    }
    // The one that armed all sessions came before them.
    await expect.poll(() => queue().getCompletedCount(), EVENTUALLY).toBe(6);
    await worker.close();
    const failed = { ageMs: DAY_MS, most: 10 };
    expect(await tidy({ completed: { ageMs: DAY_MS, most: 6 }, failed })).toMatchObject({ old_completed: 0 });
    await tidy({ completed: { ageMs: DAY_MS, most: 2 }, failed });
    expect(await doneSessions()).toStrictEqual([5, 4]);
    expect(await tidy({ completed: { ageMs: 0, most: 100 }, failed })).toMatchObject({ old_completed: 2 });
    expect(await doneSessions()).toStrictEqual([]);
  });

  test("are told by BullMQ's events, with what they returned", async () => {
    const told = Promise.withResolvers<unknown>();
    await onCompleted(server, ({ jobId, returnvalue }) => {
      if (jobId.startsWith('session-')) told.resolve({ jobId, returnvalue: parsed(returnvalue) });
    });
    const one = alarm(7, 0);
    await alarms.arm([one]);
    await openWorker(server.settings, { settle: async () => ended() });
    expect(await told.promise).toMatchObject({
      jobId: alarmId(one),
      returnvalue: { ended: 'balance_exhausted', by: 'this job' },
    });
  });

  const parsed = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value);

  async function onCompleted({ settings }: QueueServer, listener: Listener): Promise<void> {
    if (settings.kind === 'redis') {
      const connection = new Redis(settings.url, { maxRetriesPerRequest: null });
      const events = new QueueEvents(queue().name, { connection, prefix: `{${settings.prefix}}` });
      await events.waitUntilReady();
      events.on('completed', listener);
      onTestFinished(async () => {
        await events.close();
        connection.disconnect();
      });
      return;
    }
    const { QueueEvents: OnPostgres } = withBackend(createPostgresBackend);
    const events = new OnPostgres(queue().name, { connection: postgresConnection(settings.url) });
    await events.waitUntilReady();
    events.on('completed', listener);
    onTestFinished(() => events.close());
  }
});
