import { Redis } from 'ioredis';
import { expect, it, describe } from 'vitest';
import { sessionId } from '../../src/billing/ids.ts';
import { createAlarmWorker } from '../../src/timers/alarm-worker.ts';
import { createAlarms } from '../../src/timers/alarms.ts';
import { slotOfTag } from '../../src/timers/hash-slot.ts';
import { createInspectableQueues } from '../../src/timers/inspection.ts';
import { announceShards, lowerHighest, readShards } from '../../src/timers/scripts/announce.ts';
import { firstShards, homeOf, maxShards, shardAt } from '../../src/timers/shard.ts';
import { describeWithRedis } from '../harness/redis.ts';
import { startRedisServer } from './redis-server.ts';
import { again, alarm } from './scripted-looks.ts';

const eventually = { timeout: 30_000, interval: 20 };

const tagOf = (index: number): string => /\{(.*)\}/.exec(shardAt(index).prefix)?.[1] ?? '';

describe('the shards of the alarms', () => {
  it('have the slots that Redis Cluster computes', () => {
    // The example of the specification of Redis Cluster: CRC16 of 123456789 is 0x31C3.
    expect(slotOfTag('123456789')).toBe(0x31c3);
  });

  it.each([3, 4, 5, 6, 8])('fall on all of %d masters, about evenly, with four for each', (masters) => {
    const perMaster = Array<number>(masters).fill(0);
    for (const { index } of firstShards(4 * masters)) {
      const master = Math.floor((slotOfTag(tagOf(index)) * masters) / 16_384);
      perMaster[master] = (perMaster[master] ?? 0) + 1;
    }
    expect(Math.min(...perMaster)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...perMaster)).toBeLessThanOrEqual(7);
  });

  it('have names and tags of their own, up to the last', () => {
    const all = firstShards(maxShards);
    expect(new Set(all.map(({ name }) => name)).size).toBe(maxShards);
    expect(new Set(all.map(({ prefix }) => prefix)).size).toBe(maxShards);
  });

  it('have each session on one of them, and one shard is as it was before there were several', () => {
    expect([1, 2, 3, 4, 5].map((id) => homeOf(sessionId(id), 4))).toStrictEqual([1, 2, 3, 0, 1]);
    expect(homeOf(sessionId(7), 1)).toBe(0);
    expect(shardAt(0).key('delayed')).toBe('{bull}:session-alarms:delayed');
  });
});

await describeWithRedis('the number of shards', () => {
  it('can go from one to four and back to two while sessions are armed, and none is lost', async () => {
    const redis = await startRedisServer();
    const queue = (shards: number) => ({ kind: 'redis', url: redis.url, shards }) as const;
    const looks = new Map<number, number>();
    const worker = await createAlarmWorker({
      queue: queue(1),
      report: () => {},
      onAlarm: async (id) => {
        looks.set(id, (looks.get(id) ?? 0) + 1);
        return again(600_000);
      },
    });
    const sessions = Array.from({ length: 300 }, (_, index) => index + 1);
    const armWith = async (shards: number, part: readonly number[]): Promise<void> => {
      const alarms = await createAlarms(queue(shards), () => {});
      await alarms.arm(part.map((session) => alarm(session, 500)));
      await alarms.close();
    };
    await armWith(1, sessions.slice(0, 100));
    await armWith(4, sessions.slice(100, 200));
    // The worker, which began with one shard, sees the new number and takes from all four.
    await expect.poll(() => sessions.slice(0, 200).every((id) => looks.has(id)), eventually).toBe(true);
    await armWith(2, sessions.slice(200));
    await expect.poll(() => sessions.every((id) => looks.has(id)), eventually).toBe(true);
    const client = new Redis(redis.url);
    expect(await readShards(client)).toStrictEqual({ number: 2, highest: 4 });

    // As each rings again, it goes where it belongs, once the worker has seen that there are two.
    const ringAgain = async (): Promise<void> => {
      for (const shard of firstShards(4)) {
        const ids = await client.zrange(shard.key('delayed'), 0, -1);
        const strays = ids.filter((id) => Number(id.replace('session-', '')) % 2 !== shard.index);
        for (const id of strays) await client.zadd(shard.key('delayed'), 'XX', 0, id);
      }
    };
    const inspection = await createInspectableQueues(queue(2), () => {});
    await expect
      .poll(
        async () => {
          await ringAgain();
          return (await inspection.counts()).map(({ delayed }) => delayed);
        },
        { timeout: 30_000, interval: 500 },
      )
      .toStrictEqual([150, 150, 0, 0]);
    await Promise.all([worker.close(), inspection.close()]);
    client.disconnect();
    await redis.stop();
  });

  it('is given up above the one in force only if nobody has announced another', async () => {
    const redis = await startRedisServer();
    const client = new Redis(redis.url);
    expect(await readShards(client)).toBeNull();
    expect(await announceShards(client, 4)).toBe(0);
    expect(await announceShards(client, 2)).toBe(4);
    const seen = await readShards(client);
    expect(seen).toStrictEqual({ number: 2, highest: 4 });
    await announceShards(client, 3);
    await lowerHighest(client, { number: 2, highest: 4 });
    expect(await readShards(client)).toStrictEqual({ number: 3, highest: 4 });
    await lowerHighest(client, { number: 3, highest: 4 });
    expect(await readShards(client)).toStrictEqual({ number: 3, highest: 3 });
    client.disconnect();
    await redis.stop();
  });
});
