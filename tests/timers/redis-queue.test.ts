import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { describeWithRedis } from '../harness/redis.ts';
import { startRedisQueue } from './queue-servers.ts';
import { again, alarm, held, over, scripted } from './scripted-looks.ts';
import { eventually, useQueue } from './use-queue.ts';

const hourMs = 3_600_000;

await describeWithRedis('an alarm on Redis', () => {
  const { url, arm, bringForward, lose, board, asleepFor, work } = useQueue(startRedisQueue);
  let client: Redis;
  beforeAll(() => {
    client = new Redis(url(), { maxRetriesPerRequest: null });
  });
  afterAll(() => client.disconnect());
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is the job that BullMQ itself would have added, field by field and with the score of its time', async () => {
    await arm([alarm(7, 60_000)]);
    await board().queue.add('look-at-session', { sessionId: 8 }, { jobId: 'session-8', delay: 60_000 });
    const [ours, theirs] = await Promise.all(
      [7, 8].map((session) => client.hgetall(`{bull}:session-alarms:session-${session}`)),
    );
    const { timestamp: ourTime, ...ourFields } = ours ?? {};
    const { timestamp: theirTime, ...theirFields } = theirs ?? {};
    expect(JSON.parse(JSON.stringify(ourFields).replaceAll('7', '8'))).toStrictEqual(theirFields);
    expect(Math.abs(Number(ourTime) - Number(theirTime))).toBeLessThan(5_000);
    const score = Number(await client.zscore('{bull}:session-alarms:delayed', 'session-7'));
    expect(Math.floor(score / 4_096)).toBe(Number(ourTime) + 60_000);
  });

  it('is read by the queue of BullMQ, and rings in the worker of BullMQ', async () => {
    await arm([alarm(7, 60_000), alarm(8, 200)]);
    const [first, second] = await board().queue.getDelayed();
    expect(first).toMatchObject({
      id: 'session-8',
      name: 'look-at-session',
      data: { sessionId: 8 },
      delay: 200,
    });
    expect(second).toMatchObject({ id: 'session-7', delay: 60_000 });
    const rang = Promise.withResolvers<unknown>();
    const worker = new Worker('session-alarms', async ({ data }) => rang.resolve(data), {
      connection: client,
      prefix: '{bull}',
    });
    onTestFinished(() => worker.close());
    expect(await rang.promise).toStrictEqual({ sessionId: 8 });
  });

  it('may have been added by the queue of BullMQ, waiting or delayed', async () => {
    const { looks, onAlarm } = scripted();
    const queue = new Queue('session-alarms', { connection: client, prefix: '{bull}' });
    await queue.add('look-at-session', { sessionId: 7 }, { jobId: 'session-7', delay: 50 });
    await queue.add('look-at-session', { sessionId: 8 }, { jobId: 'session-8' });
    await queue.add('look-at-session', { sessionId: 9 }, { jobId: 'session-9', priority: 5 });
    await work({ onAlarm });
    await expect.poll(() => new Set(looks), eventually).toStrictEqual(new Set([7, 8, 9]));
    await expect.poll(() => client.keys('{bull}:session-alarms:session-*'), eventually).toStrictEqual([]);
    await queue.close();
  });

  it('is taken over from a worker of BullMQ that died with it in hand', async () => {
    const { looks, onAlarm } = scripted();
    await arm([alarm(7, 60_000)]);
    await client.zrem('{bull}:session-alarms:delayed', 'session-7');
    await client.lpush('{bull}:session-alarms:active', 'session-7');
    await client.set('{bull}:session-alarms:session-7:lock', 'of the dead', 'PX', 300);
    await work({ onAlarm });
    await expect.poll(() => looks, eventually).toStrictEqual([7]);
    expect(await client.llen('{bull}:session-alarms:active')).toBe(0);
  });

  it('stays asleep while an administrator has paused the queue', async () => {
    const { looks, onAlarm } = scripted();
    await board().queue.pause();
    await arm([alarm(7, 0)]);
    const worker = await work({ onAlarm });
    await expect.poll(worker.sinceTurnMs, eventually).toBeLessThan(250);
    expect(looks).toStrictEqual([]);
    await board().queue.resume();
    await expect.poll(() => looks, eventually).toStrictEqual([7]);
  });

  it('that is brought forward in the middle of its look rings at the earlier time', async () => {
    const first = held(again(60_000));
    const looks: number[] = [];
    await arm([alarm(7, 0)]);
    await work({
      onAlarm: async (id) => {
        if (looks.push(id) === 1) return first.onAlarm();
        return again(50_000);
      },
    });
    await first.entered;
    await bringForward([alarm(7, 100)]);
    first.release();
    await asleepFor(50_000);
    expect(looks).toStrictEqual([7, 7]);
  });

  it('is set anew by its look when the queue is lost in the middle of it', async () => {
    const { onAlarm, entered, release } = held(again(60_000));
    await arm([alarm(7, 0)]);
    await work({ onAlarm });
    await entered;
    await lose();
    release();
    await expect.poll(() => board().delayedIds(), eventually).toStrictEqual(['session-7']);
    expect(await board().alarm(7)).toMatchObject({
      name: 'look-at-session',
      delay: 60_000,
      data: { sessionId: 7 },
    });
  });

  it('means the session in its id, whatever somebody wrote into its payload', async () => {
    const { looks, onAlarm } = scripted(again(60_000));
    await arm([alarm(7, 600_000)]);
    const job = await board().alarm(7);
    await job.updateData({ sessionId: 'seven', units: 100 });
    await job.promote();
    await work({ onAlarm });
    await asleepFor(60_000);
    expect(looks).toStrictEqual([7]);
  });

  it.each([-hourMs, hourMs])(
    'rings on time although the clock of the process is %d ms off',
    async (skewMs) => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + skewMs });
      const startMs = performance.now();
      const rang = Promise.withResolvers<number>();
      await work({
        onAlarm: async () => {
          rang.resolve(performance.now() - startMs);
          return over;
        },
      });
      await arm([alarm(7, 300)]);
      const afterMs = await rang.promise;
      expect(afterMs).toBeGreaterThanOrEqual(300);
      expect(afterMs).toBeLessThan(3_000);
    },
  );

  it('is looked at again by the same worker when its lease is over, but not while the first look is under way', async () => {
    const { onAlarm, entered, release } = held(again(60_000));
    let looks = 0;
    await arm([alarm(7, 0)]);
    const key = '{bull}:session-alarms:delayed';
    await work({
      lockDurationMs: 100,
      onAlarm: () => {
        looks += 1;
        return onAlarm();
      },
    });
    await entered;
    const lease = await client.zscore(key, 'session-7');
    // Taken again, more than once: each time with a new lease.
    await expect.poll(() => client.zscore(key, 'session-7'), eventually).not.toBe(lease);
    expect(looks).toBe(1);
    release();
    // Taken at the very moment at which the look ended, it is looked at once more: that costs nothing but the look.
    await asleepFor(60_000);
  });

  it('takes no more than 600 bytes of the memory of Redis', async () => {
    const count = 20_000;
    const used = async (): Promise<number> =>
      Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
    const before = await used();
    const many = Array.from({ length: count }, (_, index) => alarm(1_000_000 + index, 600_000));
    await arm(many);
    expect(((await used()) - before) / count).toBeLessThan(600);
  });
});
