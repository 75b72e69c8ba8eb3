import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createInspectableQueues } from '../../src/alarms/board.ts';
import { createAlarms } from '../../src/alarms/producer.ts';
import { watchForStuck } from '../../src/alarms/stuck-check.ts';
import { type Clinic, MINUTE } from '../engine/clinic.ts';
import { openWorker } from './alarm-worker.ts';
import { chargesOf, openLiveClinic, startSessions } from './live-clinic.ts';
import { describeOnEachQueue, type QueueServer } from './queue-servers.ts';

const EVENTUALLY = { timeout: 20_000, interval: 20 };
const SESSIONS = 5;
const BLOCK = 10 * MINUTE;
/** A worker counts as stuck after 30 s, and a block is 20 times as long: the same here, a hundred times as fast. */
const STUCK_AFTER_MS = 300;
const SILENCE_MS = 20 * STUCK_AFTER_MS;

await describeOnEachQueue('blocks of ten minutes', (startServer) => {
  let server: QueueServer;
  let clinic: Clinic;

  beforeAll(async () => {
    server = await startServer();
    await server.lose();
    clinic = await openLiveClinic();
  });
  afterAll(async () => {
    await clinic.close();
    await server.stop();
  });

  test('a block passes, the next alarm is ten minutes away, and the silence until then is nothing to report', async () => {
    const alarms = await createAlarms(server.settings, () => {});
    const inspection = await createInspectableQueues(server.settings, () => {});
    onTestFinished(async () => void (await Promise.all([alarms.close(), inspection.close()])));
    const [queue = expect.fail('no queue')] = inspection.queues;
    const sessions = await startSessions(clinic, SESSIONS, (BLOCK - 3_000) / MINUTE);
    const { settle, database } = clinic;
    const worker = await openWorker(server.settings, {
      settle,
      arm: alarms.arm,
      deadlines: database.deadlines,
    });

    const alarmsIn = async (state: 'completed' | 'delayed') =>
      (await queue.getJobs([state])).filter(({ name }) => name === 'settle session: end of block');
    await expect.poll(async () => (await alarmsIn('completed')).length, EVENTUALLY).toBe(SESSIONS);
    const charges = await chargesOf(clinic);
    expect(charges.map(({ session, block }) => [session, block])).toStrictEqual(
      sessions.toSorted((one, other) => one - other).map((session) => [session, 1]),
    );
    const next = (await alarmsIn('delayed')).toSorted((one, other) => one.data.session - other.data.session);
    expect(next.map(({ data }): unknown => data.deadline)).toStrictEqual(
      charges.map(({ dueMs }) => new Date(dueMs + BLOCK).toISOString()),
    );
    for (const { data, timestamp, delay } of next) {
      expect(timestamp + delay - Date.parse(data.deadline)).toBeGreaterThanOrEqual(0);
      expect(timestamp + delay - Date.parse(data.deadline)).toBeLessThanOrEqual(10);
      expect(delay).toBeGreaterThan(BLOCK - 10_000);
    }

    const closing = new AbortController();
    const stuck: string[] = [];
    const watching = watchForStuck(
      {
        queue,
        hasRoom: () => true,
        taken: () => 0,
        onStuck: (reason) => void stuck.push(reason),
        afterMs: STUCK_AFTER_MS,
        everyMs: STUCK_AFTER_MS / 6,
      },
      closing.signal,
    );
    setTimeout(() => closing.abort(), SILENCE_MS);
    await watching;
    expect([...stuck, ...worker.stuck]).toStrictEqual([]);
    expect(worker.notices.map(({ kind }) => kind)).toStrictEqual(['alarms_rearmed']);
    expect(await queue.getFailed()).toStrictEqual([]);
    expect(await alarmsIn('delayed')).toHaveLength(SESSIONS);

    // It waits for the next alarm, and is gone at once all the same.
    const closedFromMs = performance.now();
    await worker.close();
    expect(performance.now() - closedFromMs).toBeLessThan(2_000);
  });
});
