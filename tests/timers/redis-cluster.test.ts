import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sessionId } from '../../src/billing/ids.ts';
import { findFreePort } from '../../src/embedded/server-process.ts';
import { createAlarmWorker } from '../../src/timers/alarm-worker.ts';
import { createAlarms } from '../../src/timers/alarms.ts';
import { createInspectableQueues } from '../../src/timers/inspection.ts';
import type { Notice } from '../../src/timers/notice.ts';
import { describeWithRedis } from '../harness/redis.ts';
import { startRedisServer, type RedisServer } from './redis-server.ts';

const eventually = { timeout: 15_000, interval: 20 };

await describeWithRedis('alarms on a cluster of Redis nodes', () => {
  let nodes: readonly RedisServer[] = [];
  let clients: readonly Redis[] = [];

  beforeAll(async () => {
    const busPort = await findFreePort();
    const first = await startRedisServer(
      '--cluster-enabled',
      'yes',
      '--cluster-port',
      `${await findFreePort()}`,
    );
    const second = await startRedisServer('--cluster-enabled', 'yes', '--cluster-port', `${busPort}`);
    nodes = [first, second];
    const [one, other] = [new Redis(first.url), new Redis(second.url)];
    clients = [one, other];
    await one.call('CLUSTER', 'ADDSLOTSRANGE', 0, 8191);
    await other.call('CLUSTER', 'ADDSLOTSRANGE', 8192, 16383);
    await other.call('CLUSTER', 'SET-CONFIG-EPOCH', 2);
    await one.call('CLUSTER', 'MEET', '127.0.0.1', second.port, busPort);
  });
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await Promise.all(nodes.map((node) => node.stop()));
  });

  it('are armed, ring and are warned of on every node that may lose them', async () => {
    for (const client of clients) {
      await expect.poll(() => client.call('CLUSTER', 'INFO'), eventually).toContain('cluster_state:ok');
    }
    const settings = { kind: 'redis', url: nodes.map(({ url }) => url).join(',') } as const;
    const notices: Notice[] = [];
    const alarms = await createAlarms(settings, () => {});
    const inspection = await createInspectableQueues(settings, (notice) => notices.push(notice));
    const looks: number[] = [];
    const worker = await createAlarmWorker({
      queue: settings,
      report: () => {},
      onAlarm: async (id) => {
        looks.push(id);
        return { kind: 'over' };
      },
    });
    await alarms.arm([
      { sessionId: sessionId(1), delayMs: 0 },
      { sessionId: sessionId(2), delayMs: 600_000 },
    ]);
    await alarms.bringForward([{ sessionId: sessionId(2), delayMs: 50 }]);
    await expect.poll(() => looks, eventually).toStrictEqual([1, 2]);
    await expect.poll(() => inspection.counts(), eventually).toMatchObject([{ delayed: 0, active: 0 }]);
    expect(await inspection.ping(1_000)).toStrictEqual({ kind: 'up' });
    await expect
      .poll(() => notices, eventually)
      .toStrictEqual([{ kind: 'queue_warning', text: expect.stringContaining('appendonly yes') }]);
    await Promise.all([worker.close(), alarms.close(), inspection.close()]);
  });
});
