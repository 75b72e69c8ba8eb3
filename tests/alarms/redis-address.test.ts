import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createInspectableQueues } from '../../src/alarms/board.ts';
import { prepareQueue } from '../../src/alarms/prepare-queue.ts';
import { createAlarms } from '../../src/alarms/producer.ts';
import { describeWithRedis } from '../../tools/kit/describe.ts';
import { type RedisServer, startRedisServer } from '../../tools/kit/redis-server.ts';
import { alarm } from './scripted-settle.ts';

await describeWithRedis('REDIS_URL and REDIS_PREFIX', () => {
  let redis: RedisServer;
  let client: Redis;

  beforeAll(async () => {
    redis = await startRedisServer({ requirepass: 'right', databases: '2' });
    client = new Redis(addressed({ password: 'right' }));
  });
  afterAll(async () => {
    client.disconnect();
    await redis.stop();
  });

  function addressed({ password, database = 0 }: { readonly password: string; readonly database?: number }) {
    const url = new URL(redis.url);
    url.password = password;
    url.pathname = `/${database}`;
    return url.href;
  }
  const open = (url: string, prefix: string = randomUUID(), installation?: string) =>
    createAlarms(
      {
        kind: 'redis',
        url,
        prefix,
        ...(installation === undefined ? {} : { installation: () => Promise.resolve(installation) }),
      },
      () => {},
    );

  test('a wrong password is said in one line, at once', async () => {
    await expect(open(addressed({ password: 'wrong' }))).rejects.toThrow(
      'REDIS_URL cannot be used: Redis refuses the user name or the password in it.',
    );
  });

  test('a database number that the server does not have is refused, and not taken for database 0', async () => {
    await expect(open(addressed({ password: 'right', database: 7 }))).rejects.toThrow(
      'Redis has no database of that number',
    );
    const alarms = await open(addressed({ password: 'right', database: 1 }));
    await alarms.close();
  });

  test('the alarms of another installation under the same prefix are found, and under another one they are no matter', async () => {
    const url = addressed({ password: 'right' });
    const prefix = randomUUID();
    const ours = await open(url, prefix, 'ours');
    const again = await open(url, prefix, 'ours');
    await expect(open(url, prefix, 'theirs')).rejects.toThrow(/Another installation.*Set REDIS_PREFIX/);
    const theirs = await open(url, randomUUID(), 'theirs');
    await theirs.arm([alarm(7, 60_000)]);
    const inspection = await createInspectableQueues({ kind: 'redis', url, prefix }, () => {});
    expect(await inspection.counts()).toMatchObject([{ delayed: 0 }]);
    await Promise.all([ours, again, theirs, inspection].map((one) => one.close()));
  });

  test('a migration removes the queues and shards of earlier versions, and nothing else', async () => {
    const url = addressed({ password: 'right' });
    const alarms = await open(url, 'kept');
    await alarms.arm([alarm(7, 60_000)]);
    await alarms.close();
    await client.mset(
      '{bull}:session-alarms:meta',
      '1',
      '{bull-3-x}:session-alarms-3:epoch',
      '1',
      'other',
      '1',
    );
    expect(await prepareQueue({ kind: 'redis', url })).toBeNull();
    expect(await client.keys('*session-alarms*')).toStrictEqual([]);
    expect(await client.get('other')).toBe('1');
    expect(await client.keys('{kept}:*')).not.toStrictEqual([]);
  });
});
