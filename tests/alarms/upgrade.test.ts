import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createInspectableQueues } from '../../src/alarms/board.ts';
import { createAlarms } from '../../src/alarms/producer.ts';
import type { QueueSettings } from '../../src/alarms/queues.ts';
import type { SessionId } from '../../src/billing/ids.ts';
import { prepareDatabase } from '../../src/ops/prepare-database.ts';
import type { Clinic } from '../engine/clinic.ts';
import { openWorker } from './alarm-worker.ts';
import { chargesOf, openLiveClinic, startSessions } from './live-clinic.ts';
import { openOldQueue } from './old-queue.ts';
import { describeOnEachQueue, type QueueServer } from './queue-servers.ts';

/** `UPGRADE_SESSIONS=10000` is a clinic of a size that takes minutes. */
const SESSIONS = Number(process.env['UPGRADE_SESSIONS'] ?? 40);
/** For each session, beside what one takes, on a machine that does other work too. */
const EACH_MS = 10;
const EVENTUALLY = { timeout: 30_000 + SESSIONS * 4 * EACH_MS, interval: 50 + SESSIONS / 10 };
const DUE_IN_MS = 15_000 + SESSIONS * EACH_MS;
const SECOND = 1 / 60;
const ascending = (one: number, other: number): number => one - other;

await describeOnEachQueue('an upgrade in place', (startServer) => {
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

  test(
    'removes the old queue, arms every session once and charges it once on time, beside an old worker',
    async () => {
      const settings: QueueSettings =
        server.settings.kind === 'redis' ? server.settings : { kind: 'postgres', url: clinic.url };
      const redisUrl = settings.kind === 'redis' ? settings.url : null;
      const old = await openOldQueue(settings);
      onTestFinished(() => old.close());

      const sessions = await startSessions(clinic, SESSIONS, 10 - (DUE_IN_MS / 1_000) * SECOND);
      const dueAtMs = Date.now() + DUE_IN_MS;
      await old.arm(sessions, dueAtMs);
      expect((await old.leftovers()).length).toBeGreaterThanOrEqual(SESSIONS);
      await prepareDatabase(clinic.url, redisUrl);
      expect(await old.leftovers()).toStrictEqual([]);

      // A worker of the old version is still there, and arms its queue again.
      const oldProcess = clinic.open();
      const settledByOld = new Set<SessionId>();
      await old.arm(sessions, dueAtMs);
      await old.work(async (session) => {
        settledByOld.add(session);
        return oldProcess.settle(session);
      });
      const alarms = await createAlarms(settings, () => {});
      const inspection = await createInspectableQueues(settings, () => {});
      const worker = await openWorker(settings, {
        settle: clinic.settle,
        arm: alarms.arm,
        deadlines: clinic.database.deadlines,
      });
      const openedAtMs = Date.now();

      await expect.poll(() => settledByOld.size, EVENTUALLY).toBe(SESSIONS);
      const [queue = expect.fail('no queue')] = inspection.queues;
      const armedFor = async (state: 'completed' | 'delayed') =>
        (await queue.getJobs([state]))
          .filter(({ name }) => name.startsWith('settle session'))
          .map(({ data }) => Number(data.session))
          .toSorted(ascending);
      const all = sessions.toSorted(ascending);
      await expect.poll(() => armedFor('completed'), EVENTUALLY).toStrictEqual(all);
      await expect.poll(() => armedFor('delayed'), EVENTUALLY).toStrictEqual(all);
      const charges = await chargesOf(clinic);
      expect(charges.map(({ session, block }) => [session, block])).toStrictEqual(
        all.map((session) => [session, 1]),
      );
      const lateMs = charges.map((charge) => charge.recordedMs - Math.max(charge.dueMs, openedAtMs));
      expect(Math.max(...lateMs)).toBeLessThan(3_000 + SESSIONS * EACH_MS);
      expect(await queue.getFailed()).toStrictEqual([]);
      expect(worker.notices.map(({ kind }) => kind)).toStrictEqual(['alarms_rearmed']);

      // The last old worker is gone: once more, and nothing of the new queue goes with it.
      await prepareDatabase(clinic.url, redisUrl);
      expect(await old.leftovers()).toStrictEqual([]);
      expect(await armedFor('delayed')).toStrictEqual(all);
      await Promise.all([alarms.close(), inspection.close()]);
    },
    60_000 + SESSIONS * 20 * EACH_MS,
  );
});
