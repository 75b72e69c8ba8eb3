import { createPostgresBackend, QueueEvents, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { alarmId, alarmJob } from '../../src/alarms/job.ts';
import { postgresConnection } from '../../src/alarms/postgres.ts';
import { createUpkeep, type KeptJobs } from '../../src/alarms/upkeep.ts';
import { instant } from '../../src/billing/time.ts';
import { openWorker } from './alarm-worker.ts';
import { describeOnEachQueue, type QueueServer, useQueue } from './queue-servers.ts';
import { alarm, ended, storing } from './scripted-settle.ts';

const EVENTUALLY = { timeout: 20_000, interval: 20 };
const DAY_MS = 86_400_000;

/** More than a page of them. */
const EACH = 130;
/** Every second session, from this one on. */
const everySecond = (first: 0 | 1) =>
  Array.from({ length: EACH }, (_one, index) => alarm(2 * index + first + 1, 0));

type Listener = (event: { readonly jobId: string; readonly returnvalue: unknown }) => void;

await describeOnEachQueue('jobs that are done', (startServer) => {
  const { server, queue, arm } = useQueue(startServer);
  const doneSessions = async () =>
    (await queue().getCompleted())
      .filter(({ name }) => name.startsWith('settle session'))
      .map(({ data }) => Number(data.session));
  const tidy = (kept: KeptJobs) =>
    createUpkeep(queue(), { deadlines: storing(), arm, auditAtHour: null, report: () => {} }, kept).tidy();

  test('are kept up to a number, the newest ones, and up to an age', async () => {
    const worker = await openWorker(server().settings, { settle: async () => ended() });
    for (const session of [1, 2, 3, 4, 5]) {
      await arm([alarm(session, 0)]);
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

  test('and have failed leave the board once their sessions are settled, however many there are', async () => {
    const [settled, due] = [everySecond(0), everySecond(1)];
    for (const one of [...settled, ...due].toSorted((a, b) => a.sessionId - b.sessionId)) {
      const { name, data, opts } = alarmJob(one, Date.now());
      await queue().add(name, data, { ...opts, attempts: 1 });
    }
    const worker = await openWorker(server().settings, {
      settle: () => Promise.reject(new Error('the session cannot be settled')),
      // Or its own tidying would take them off.
      deadlines: storing([...settled, ...due]),
    });
    await expect.poll(() => queue().getFailedCount(), EVENTUALLY).toBe(2 * EACH);
    await worker.close();
    // What was settled has a later deadline now; the others have theirs.
    const later = settled.map((one) => Object.assign(one, { at: instant(one.at + DAY_MS) }));
    const stored = [...later, ...due];
    const parts = { deadlines: storing(stored), arm, auditAtHour: null, report: () => {} };
    expect(await createUpkeep(queue(), parts).tidy()).toMatchObject({ settled_meanwhile: EACH });
    const left = (await queue().getFailed()).map(({ data }) => Number(data.session));
    expect(left.toSorted((a, b) => a - b)).toEqual(due.map(({ sessionId }) => sessionId));
  });

  test("are told by BullMQ's events, with what they returned", async () => {
    const told = Promise.withResolvers<unknown>();
    await onCompleted(server(), ({ jobId, returnvalue }) => {
      if (jobId.startsWith('session-')) told.resolve({ jobId, returnvalue: parsed(returnvalue) });
    });
    const one = alarm(7, 0);
    await arm([one]);
    await openWorker(server().settings, { settle: async () => ended() });
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
