import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Alarm } from '../../src/sessions/alarms.ts';
import { createAlarms, type QueueAlarms } from '../../src/alarms/producer.ts';
import { createInspectableQueues } from '../../src/alarms/board.ts';
import type { Notice } from '../../src/alarms/notices.ts';
import { describeWithRedis } from '../../tools/kit/describe.ts';
import { startRedisCluster, type RedisCluster } from './cluster-servers.ts';
import { openWorker } from './alarm-worker.ts';
import { alarm, ended } from './scripted-settle.ts';

const eventually = { timeout: 40_000, interval: 20 };

await describeWithRedis('alarms on a cluster of Redis nodes', () => {
  let cluster: RedisCluster;

  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster.stop());

  const settings = () => ({ kind: 'redis', url: cluster.url, prefix: 'tests' }) as const;

  async function recordingWorker() {
    const settled = new Set<number>();
    const worker = await openWorker(settings(), {
      settle: async (id) => {
        settled.add(id);
        return ended();
      },
    });
    return { worker, settled };
  }

  test('are on one of the masters, ring, and are warned of on every node that may lose them', async () => {
    const notices: Notice[] = [];
    const alarms = await createAlarms(settings(), () => {});
    const inspection = await createInspectableQueues(settings(), (notice) => notices.push(notice));
    const { worker, settled } = await recordingWorker();
    await alarms.arm(Array.from({ length: 240 }, (_, index) => alarm(index + 1, 600_000)));
    const delayed = (await inspection.queues[0]?.getDelayed()) ?? [];
    expect(delayed.filter(({ name }) => name.startsWith('settle session'))).toHaveLength(240);
    await alarms.arm(Array.from({ length: 240 }, (_, index) => alarm(index + 1, 50)));
    await expect.poll(() => settled.size, eventually).toBe(240);
    expect(await inspection.ping(1_000)).toStrictEqual({ kind: 'up' });
    expect(notices).toStrictEqual([
      { kind: 'queue_warning', text: expect.stringContaining('appendonly yes') },
    ]);
    await Promise.all([worker.close(), alarms.close(), inspection.close()]);
  });

  test('all ring although one master is killed under load and its replica takes its place', async () => {
    const alarms = await createAlarms(settings(), () => {});
    const { worker, settled } = await recordingWorker();
    const sessions = Array.from({ length: 2_000 }, (_, index) => 10_000 + index);
    await alarms.arm(sessions.slice(0, 1_000).map((session, index) => alarm(session, 1_000 + 4 * index)));
    await expect.poll(() => settled.size, eventually).toBeGreaterThan(50);
    await cluster.masters[1]?.kill();
    // Started while the cluster holds its election.
    await untilArmed(
      alarms,
      sessions.slice(1_000).map((session, index) => alarm(session, 500 + index)),
    );
    await expect
      .poll(
        async () => {
          // What the master acknowledged and had not passed on is lost; it is the sweep that finds and arms it.
          const late = sessions.filter((session) => !settled.has(session));
          await alarms.arm(late.slice(0, 500).map((session) => alarm(session, 100))).catch(() => {});
          return late.length;
        },
        { timeout: 40_000, interval: 2_000 },
      )
      .toBe(0);
    await Promise.all([worker.close(), alarms.close()]);
  });
});

/** As the sweep does, which arms again what could not be armed. */
async function untilArmed(alarms: QueueAlarms, list: readonly Alarm[]): Promise<void> {
  await expect
    .poll(
      () =>
        alarms.arm(list).then(
          () => 'armed',
          (error: unknown) => String(error),
        ),
      eventually,
    )
    .toBe('armed');
}
