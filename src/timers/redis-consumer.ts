import { setImmediate as immediate } from 'node:timers/promises';
import type { Alarm } from '../sessions/alarms.ts';
import { sessionOfAlarm } from './alarm-job.ts';
import { beginLooks } from './alarm-looks.ts';
import type { ConsumerOptions, OpenConsumer } from './backend.ts';
import { type ConnectionWatch, createConnectionWatch } from './connection-watch.ts';
import { createRearm, type Rearm } from './rearm.ts';
import { openRedis, patient, type RedisClient } from './redis-client.ts';
import { watchPulse } from './redis-pulse.ts';
import { createReturns, type Returns } from './returns.ts';
import { armAlarms } from './scripts/arm.ts';
import { maxPutBackAtOnce, type PutBack, putBackAlarms } from './scripts/put-back.ts';
import { takeAlarms } from './scripts/take.ts';
import { homeOf, shardAt } from './shard.ts';
import { type ShardLoop, startShardLoop } from './shard-loop.ts';
import { createShardLoops } from './shard-loops.ts';
import { type ShardNumber, watchShardNumber } from './shard-number.ts';

/** Even with many shards, so that each batch is worth its way. */
const fewestAtOnce = 16;

/** A taker is known by twelve bits: see the layout. */
const takers = 4_096;

/** Takes the alarms of every shard in batches, on a connection of its own. One that fails is tried again for ever. */
export function openRedisConsumer(url: string, ownShards: number, options: ConsumerOptions): OpenConsumer {
  const watch = createConnectionWatch('worker', options.report);
  const client = openRedis(url, patient, watch);
  const pulse = watchPulse(client);
  const shardNumber = watchShardNumber(client, ownShards, () => loops.match());
  const returns = returnsTo(client, shardNumber, watch);
  const rearm = rearmFor(client, options, shardNumber);
  const loops = createShardLoops(
    shardNumber.inUse,
    loopStarter(client, options, { watch, returns, shardNumber, rearm }),
    (shard) => options.turns.end(loopName(shard)),
  );
  client.on('ready', loops.wake);
  loops.match();

  function stop(): Promise<void> {
    shardNumber.close();
    rearm?.close();
    pulse.stop();
    return loops.close();
  }
  return {
    isFull: () => false,
    abandon: () => {
      watch.stop();
      void stop();
      client.disconnect();
    },
    close: async (looksDone) => {
      await stop();
      await looksDone();
      // What the last looks found is added to what is on its way in this same turn of the event loop.
      await immediate();
      await returns.settled();
      watch.stop();
      client.disconnect();
    },
  };
}

/** Null without a way to the deadlines: what was lost is left to the sweep. */
function rearmFor(
  client: RedisClient,
  { deadlines, report }: ConsumerOptions,
  { inForce }: ShardNumber,
): Rearm | null {
  return deadlines === null ? null : createRearm({ client, deadlines, shardNumber: inForce, report });
}

function returnsTo(
  client: RedisClient,
  shardNumber: ShardNumber,
  { failed }: ConnectionWatch,
): Returns<PutBack> {
  return createReturns<PutBack>(
    (shard, alarms) => bringBack(client, shard, alarms, shardNumber).catch(failed),
    maxPutBackAtOnce,
  );
}

const loopName = (shard: number): string => `shard ${shard}`;

interface Parts {
  readonly watch: ConnectionWatch;
  readonly returns: Returns<PutBack>;
  readonly shardNumber: ShardNumber;
  readonly rearm: Rearm | null;
}

function loopStarter(
  client: RedisClient,
  options: ConsumerOptions,
  parts: Parts,
): (shard: number) => ShardLoop {
  const { hand, turns, settings } = options;
  const { watch, returns, shardNumber, rearm } = parts;
  let taker = Math.floor(Math.random() * takers);

  return (shard) => {
    turns.begin(loopName(shard));
    return startShardLoop({
      hand,
      take: (places) => {
        taker = (taker + 1) % takers;
        return takeAlarms(client, shardAt(shard), places, settings.lockDurationMs, taker);
      },
      // Half of the hand: while one batch is with the database, the next is on its way to it.
      most: () => Math.max(fewestAtOnce, Math.ceil(hand.capacity / 2 / shardNumber.inUse())),
      handOver: (taken) => {
        turns.done(loopName(shard));
        shardNumber.seen(shard, taken.ids.length === 0 && taken.nextDueMs === null);
        if (!taken.isComplete) rearm?.request();
        return beginLooks(shard, taken, options, returns);
      },
      handBack: ({ ids, lease }) => {
        for (const jobId of ids) returns.add(shard, { jobId, lease, againMs: 0, note: null });
      },
      isBehind: () => returns.size() > hand.capacity,
      failed: watch.failed,
    });
  };
}

/** Alarms of another shard, now that their number has changed, are armed there before they are removed here. */
async function bringBack(
  client: RedisClient,
  shard: number,
  alarms: readonly PutBack[],
  { inForce }: ShardNumber,
): Promise<void> {
  const strays = new Map<number, Alarm[]>();
  const here = alarms.map((alarm): PutBack => {
    const session = alarm.againMs === null ? null : sessionOfAlarm(alarm.jobId);
    const home = session === null ? shard : homeOf(session, inForce());
    if (session === null || alarm.againMs === null || home === shard) return alarm;
    strays.set(home, [...(strays.get(home) ?? []), { sessionId: session, delayMs: alarm.againMs }]);
    return { ...alarm, againMs: null };
  });
  for (const [home, moved] of strays) await armAlarms(client, shardAt(home), 'bring_forward', moved);
  await putBackAlarms(client, shardAt(shard), here);
}
