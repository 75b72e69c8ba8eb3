import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { test } from 'vitest';
import type { Alarm } from '../../src/sessions/alarms.ts';
import { createAlarmWorker, type AlarmWorker } from '../../src/alarms/worker.ts';
import { createAlarms, type QueueAlarms } from '../../src/alarms/producer.ts';
import { createInspectableQueues } from '../../src/alarms/board.ts';
import type { Notice } from '../../src/alarms/notices.ts';
import type { QueueSettings } from '../../src/alarms/queues.ts';
import { describeWithRedis } from '../../tools/kit/describe.ts';
import { startRedisServer, type RedisServer } from '../../tools/kit/redis-server.ts';
import { alarm, ended, storing } from './scripted-settle.ts';
import { openTcpProxy, throughProxy as urlThrough } from '../../tools/kit/tcp-proxy.ts';

/** A command of the producer fails after 2 s at most; the rest is for a machine on which other tests run. */
const FAILS_WITHIN_MS = 5_000;

interface Setting {
  readonly redis: RedisServer;
  readonly settings: QueueSettings;
}

/** Not shared: each test takes its Redis away from nobody but itself, so they run at the same time. */
async function withRedis(use: (setting: Setting) => Promise<void>): Promise<void> {
  const redis = await startRedisServer({ appendfsync: 'always' });
  try {
    await use({ redis, settings: { kind: 'redis', url: redis.url, prefix: 'tests' } });
  } finally {
    await redis.stop();
  }
}

async function millisecondsOf(work: Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work;
  return performance.now() - startMs;
}

/** Whether the queue took the order. */
const armed = (alarms: QueueAlarms, one: Alarm): Promise<boolean> =>
  alarms.arm([one]).then(
    () => true,
    () => false,
  );

/** A worker with a way to wait until it has settled a session. */
async function recordingWorker(settings: QueueSettings) {
  const sessions = new Map<number, PromiseWithResolvers<void>>();
  const notices: Notice[] = [];
  const settlingOf = (session: number): PromiseWithResolvers<void> => {
    const settling = sessions.get(session) ?? Promise.withResolvers<void>();
    sessions.set(session, settling);
    return settling;
  };
  const worker: AlarmWorker = await createAlarmWorker({
    queue: settings,
    arm: () => Promise.resolve(),
    deadlines: storing(),
    audit: null,
    report: (notice) => {
      if (notice.kind !== 'alarms_rearmed') notices.push(notice);
    },
    onStuck: () => {},
    settle: async (id) => {
      settlingOf(id).resolve();
      return ended();
    },
  });
  return { worker, notices, settled: (session: number) => settlingOf(session).promise };
}

await describeWithRedis('an outage of Redis', () => {
  test.concurrent.for([3_000, 8_000])('of %d ms ends with the worker at work again', (outageMs, { expect }) =>
    withRedis(async ({ redis, settings }) => {
      const { worker, notices, settled } = await recordingWorker(settings);
      const alarms = await createAlarms(settings, () => {});
      await alarms.arm([alarm(1, 0)]);
      await settled(1);
      await alarms.arm([alarm(2, outageMs / 2)]);
      const inspection = await createInspectableQueues(settings, () => {});
      await expect
        .poll(async () => (await inspection.counts())[0], { timeout: 15_000 })
        .toMatchObject({ active: 0 });
      await inspection.close();

      await redis.kill();
      await sleep(outageMs);
      await redis.start();

      // Armed before the outage and due in it; then one that is armed after it.
      await settled(2);
      await expect.poll(() => armed(alarms, alarm(3, 0)), { timeout: 15_000 }).toBe(true);
      await settled(3);
      expect(notices).toMatchObject([{ kind: 'connection_lost' }, { kind: 'connection_restored' }]);
      await worker.close();
      await alarms.close();
    }),
  );

  test.concurrent('makes arming fail at once when the server is gone', ({ expect }) =>
    withRedis(async ({ redis, settings }) => {
      const notices: Notice[] = [];
      const alarms = await createAlarms(settings, (notice) => notices.push(notice));
      await redis.kill();
      const arming = expect(alarms.arm([alarm(1, 0)])).rejects.toThrow();
      expect(await millisecondsOf(arming)).toBeLessThan(FAILS_WITHIN_MS);
      await sleep(1_000);
      expect(notices.map(({ kind }) => kind)).toStrictEqual(['connection_lost']);
      await alarms.close();
    }),
  );

  test.concurrent(
    'makes arming and the ping fail in bounded time when the server only stands still',
    ({ expect }) =>
      withRedis(async ({ redis, settings }) => {
        const alarms = await createAlarms(settings, () => {});
        const inspection = await createInspectableQueues(settings, () => {});
        redis.freeze();
        const arming = expect(alarms.arm([alarm(1, 0)])).rejects.toThrow();
        expect(await inspection.ping(100)).toMatchObject({ kind: 'down' });
        expect(await millisecondsOf(arming)).toBeLessThan(FAILS_WITHIN_MS);
        redis.thaw();
        await expect.poll(() => armed(alarms, alarm(1, 60_000)), { timeout: 15_000 }).toBe(true);
        await expect.poll(() => inspection.ping(100), { timeout: 15_000 }).toStrictEqual({ kind: 'up' });
        // The order that timed out may have been carried out all the same, and then it is the one that counts.
        const [counts] = await inspection.counts();
        // Each attempt here was for another deadline.
        expect((counts?.waiting ?? 0) + (counts?.delayed ?? 0)).toBeGreaterThanOrEqual(1);
        await alarms.close();
        await inspection.close();
      }),
  );

  test.concurrent(
    'at the start holds neither the producer nor the worker up, and both work when Redis comes',
    ({ expect }) =>
      withRedis(async ({ redis, settings }) => {
        await redis.kill();
        const alarms = await createAlarms(settings, () => {});
        const { worker, settled } = await recordingWorker(settings);
        await expect(alarms.arm([alarm(1, 0)])).rejects.toThrow();
        await redis.start();
        await expect.poll(() => armed(alarms, alarm(1, 0)), { timeout: 15_000 }).toBe(true);
        await settled(1);
        await worker.close();
        await alarms.close();
      }),
  );

  test.concurrent(
    'that nobody is told of, the connection just being silent, ends within seconds as well',
    ({ expect }) =>
      withRedis(async ({ redis }) => {
        const proxy = await openTcpProxy(redis.port);
        const proxiedUrl = urlThrough(redis.url, proxy);
        const { worker, settled } = await recordingWorker({
          kind: 'redis',
          url: proxiedUrl,
          prefix: 'tests',
        });
        const throughProxy = await createAlarms(
          { kind: 'redis', url: proxiedUrl, prefix: 'tests' },
          () => {},
        );
        await throughProxy.arm([alarm(1, 0)]);
        await settled(1);
        proxy.silence();
        await expect.poll(() => armed(throughProxy, alarm(2, 0)), { timeout: 15_000 }).toBe(true);
        await settled(2);
        await worker.close();
        await throughProxy.close();
        await proxy.shut();
      }),
  );

  test.concurrent(
    'with its memory full refuses alarms and says so, and rings those it has when there is room',
    ({ expect }) =>
      withRedis(async ({ redis, settings }) => {
        const { worker, notices, settled } = await recordingWorker(settings);
        const alarms = await createAlarms(settings, () => {});
        await alarms.arm([alarm(1, 0)]);
        await settled(1);
        await alarms.arm([alarm(2, 1_000)]);
        const client = new Redis(redis.url);
        await client.config('SET', 'maxmemory', '1');
        await expect(alarms.arm([alarm(3, 0)])).rejects.toThrow('OOM');
        await expect
          .poll(() => notices.map((notice) => ('error' in notice ? String(notice.error) : '')), {
            timeout: 15_000,
          })
          .toContainEqual(expect.stringContaining('OOM'));
        await client.config('SET', 'maxmemory', '0');
        client.disconnect();
        await settled(2);
        await worker.close();
        await alarms.close();
      }),
  );

  test.concurrent('that costs it all its memory does not cost the worker its attention', ({ expect }) =>
    withRedis(async ({ redis, settings }) => {
      const { worker, settled } = await recordingWorker(settings);
      const alarms = await createAlarms(settings, () => {});
      await alarms.arm([alarm(1, 0)]);
      await settled(1);
      await alarms.arm([alarm(2, 600_000)]);
      const client = new Redis(redis.url);
      await client.flushall();
      client.disconnect();
      const startMs = performance.now();
      await alarms.arm([alarm(2, 100)]);
      await settled(2);
      expect(performance.now() - startMs).toBeLessThan(5_000);
      await worker.close();
      await alarms.close();
    }),
  );
});
