import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { instant } from '../../src/billing/time.ts';
import { sessionId } from '../../src/billing/ids.ts';
import type { ArmableSession, PageDeadlines } from '../../src/sessions/alarms.ts';
import { createAlarmWorker } from '../../src/timers/alarm-worker.ts';
import { createAlarms } from '../../src/timers/alarms.ts';
import { createInspectableQueues } from '../../src/timers/inspection.ts';
import type { Notice } from '../../src/timers/notice.ts';
import type { QueueSettings } from '../../src/timers/queue-settings.ts';
import { describeWithRedis } from '../harness/redis.ts';
import { startRedisServer, type RedisServer } from './redis-server.ts';
import { alarm, over } from './scripted-looks.ts';

const eventually = { timeout: 15_000, interval: 5 };

/** The active sessions as the database would page them, and how often it was asked for a first page. */
function clinic(count: number, onPage: () => Promise<void> = async () => {}) {
  const sessions = Array.from({ length: count }, (_, index): ArmableSession => ({
    sessionId: sessionId(index + 1),
    nextDeadlineAt: instant(index),
    delayMs: 600_000 + index,
  }));
  let ways = 0;
  const deadlines: PageDeadlines = async ({ after, limit }) => {
    if (after === null) ways += 1;
    await onPage();
    const from = after === null ? 0 : after.nextDeadlineAt + 1;
    return sessions.slice(from, from + limit);
  };
  return { deadlines, ways: () => ways };
}

async function withRedis(use: (redis: RedisServer, queue: QueueSettings, client: Redis) => Promise<void>) {
  const redis = await startRedisServer();
  const client = new Redis(redis.url);
  client.on('error', () => {});
  try {
    await use(redis, { kind: 'redis', url: redis.url }, client);
  } finally {
    client.disconnect();
    await redis.stop();
  }
}

const armed = (client: Redis) => () => client.zcard('{bull}:session-alarms:delayed');

await describeWithRedis('alarms that Redis has lost', () => {
  it('are all set again from the database within about a second, by one worker of two', () =>
    withRedis(async (_redis, queue, client) => {
      const { deadlines, ways } = clinic(12_000);
      const notices: Notice[] = [];
      const report = (notice: Notice): void => void notices.push(notice);
      const workers = await Promise.all(
        [1, 2].map(() => createAlarmWorker({ queue, report, deadlines, onAlarm: async () => over })),
      );
      await expect.poll(() => notices.map(({ kind }) => kind), eventually).toStrictEqual(['alarms_rearmed']);
      await client.flushall();
      const startMs = performance.now();
      await expect.poll(() => notices.length, eventually).toBe(2);
      const passedMs = performance.now() - startMs;
      expect(passedMs).toBeLessThan(5_000);
      expect(notices[1]).toMatchObject({ kind: 'alarms_rearmed', shards: 1, sessions: 12_000 });
      expect(await armed(client)()).toBe(12_000);
      expect(ways()).toBe(2);
      const inspection = await createInspectableQueues(queue, () => {});
      const last = await inspection.queues[0]?.getJob('session-12000');
      // What has passed since its deadline was read is taken off: it rings at its time, however many came before it.
      expect(last?.delay).toBeLessThan(611_999);
      expect(last?.delay).toBeGreaterThan(611_999 - passedMs);
      await Promise.all([inspection.close(), ...workers.map((worker) => worker.close())]);
    }));

  it('in a restart without a file are set again, once Redis is back', () =>
    withRedis(async (redis, queue, client) => {
      const { deadlines } = clinic(500);
      const worker = await createAlarmWorker({
        queue,
        report: () => {},
        deadlines,
        onAlarm: async () => over,
      });
      await expect.poll(armed(client), eventually).toBe(500);
      await redis.kill();
      await redis.start();
      await expect.poll(() => armed(client)().catch(() => 0), eventually).toBe(500);
      await worker.close();
    }));

  it('a second time while they are being set again are set again once more', () =>
    withRedis(async (_redis, queue, client) => {
      let pages = 0;
      const { deadlines, ways } = clinic(7_000, async () => {
        pages += 1;
        if (pages === 2) await client.flushall();
      });
      const worker = await createAlarmWorker({
        queue,
        report: () => {},
        deadlines,
        onAlarm: async () => over,
      });
      await expect.poll(armed(client), eventually).toBe(7_000);
      expect(ways()).toBe(2);
      await worker.close();
    }));

  it('leave those alone that were set meanwhile and ring earlier', () =>
    withRedis(async (_redis, queue, client) => {
      const alarms = await createAlarms(queue, () => {});
      await alarms.arm([alarm(1, 60_000)]);
      const { deadlines } = clinic(3);
      const worker = await createAlarmWorker({
        queue,
        report: () => {},
        deadlines,
        onAlarm: async () => over,
      });
      await expect.poll(armed(client), eventually).toBe(3);
      const inspection = await createInspectableQueues(queue, () => {});
      expect(await inspection.queues[0]?.getJob('session-1')).toMatchObject({ delay: 60_000 });
      await Promise.all([worker.close(), alarms.close(), inspection.close()]);
    }));

  it('are not looked for in a database that does not answer more than once a second, and are found when it does', () =>
    withRedis(async (_redis, queue, client) => {
      const notices: Notice[] = [];
      let tries = 0;
      const { deadlines } = clinic(10, async () => {
        tries += 1;
        if (tries < 3) throw new Error('no database');
      });
      const startMs = performance.now();
      const report = (notice: Notice): void => void notices.push(notice);
      const worker = await createAlarmWorker({ queue, report, deadlines, onAlarm: async () => over });
      await expect
        .poll(() => notices.map(({ kind }) => kind), eventually)
        .toStrictEqual(['rearm_failed', 'rearm_failed', 'alarms_rearmed']);
      expect(performance.now() - startMs).toBeGreaterThan(2_000);
      expect(await armed(client)()).toBe(10);
      await worker.close();
    }));
});

await describeWithRedis('a Redis that is full', () => {
  it('refuses new alarms at once, goes on with those it has, and takes new ones when there is room again', () =>
    withRedis(async (_redis, queue, client) => {
      const alarms = await createAlarms(queue, () => {});
      await alarms.arm([alarm(1, 0), alarm(2, 0)]);
      await client.config('SET', 'maxmemory-policy', 'noeviction');
      await client.config('SET', 'maxmemory', '1');
      await expect(alarms.arm([alarm(3, 0)])).rejects.toThrow('OOM');
      await expect(alarms.bringForward([alarm(3, 0)])).rejects.toThrow('OOM');
      const looks: number[] = [];
      const notices: Notice[] = [];
      const worker = await createAlarmWorker({
        queue,
        report: (notice) => notices.push(notice),
        onAlarm: async (id) => {
          looks.push(id);
          return id === 1 ? over : { kind: 'again', delayMs: 60_000 };
        },
      });
      await expect.poll(armed(client), eventually).toBe(1);
      expect(new Set(looks)).toStrictEqual(new Set([1, 2]));
      expect(notices).toStrictEqual([]);
      await client.config('SET', 'maxmemory', '0');
      await alarms.arm([alarm(3, 0)]);
      await expect.poll(() => looks.at(-1), eventually).toBe(3);
      await Promise.all([worker.close(), alarms.close()]);
    }));
});
