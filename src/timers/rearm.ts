import { randomUUID } from 'node:crypto';
import { aged, type ArmableSession, type PageDeadlines } from '../sessions/alarms.ts';
import type { Report } from './notice.ts';
import { isConnectionError } from './queue-error.ts';
import type { RedisClient } from './redis-client.ts';
import { armAlarms, maxArmedAtOnce } from './scripts/arm.ts';
import { beginEpoch, continueEpoch, finishEpoch, leaveEpoch } from './scripts/epoch.ts';
import { firstShards, homeOf, type Shard } from './shard.ts';

export interface RearmOptions {
  readonly client: RedisClient;
  readonly deadlines: PageDeadlines;
  readonly shardNumber: () => number;
  readonly report: Report;
}

const pageSize = 5_000;

export interface Rearm {
  readonly request: () => void;
  /** Begins no further attempt; one under way ends with the connections, and says nothing. */
  readonly close: () => void;
}

/** After an attempt that failed, or while another worker is at it. */
const retryMs = 1_000;

/**
 * Arms every active session of all shards that have lost their alarms, or never had them: from the database, one worker
 * at a time for each shard. Call it whenever the loss is seen; one attempt is under way at a time.
 */
export function createRearm(options: RearmOptions): Rearm {
  let isBusy = false;
  let isClosed = false;

  async function attempt(): Promise<void> {
    try {
      if (await armLost(options)) return;
    } catch (error) {
      if (!isClosed && !isConnectionError(error)) options.report({ kind: 'rearm_failed', error });
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }

  return {
    request: () => {
      if (isBusy || isClosed) return;
      isBusy = true;
      void attempt().finally(() => {
        isBusy = false;
      });
    },
    close: () => {
      isClosed = true;
    },
  };
}

/** False where nothing was done: another worker is at it, or Redis lost its data once more meanwhile. */
async function armLost(options: RearmOptions): Promise<boolean> {
  const { client, report } = options;
  const startMs = performance.now();
  const token = randomUUID();
  const all = firstShards(options.shardNumber());
  const begun = await Promise.all(all.map((shard) => beginEpoch(client, shard, token)));
  const ours = all.filter((_shard, index) => begun[index]);
  if (ours.length === 0) return false;
  try {
    const sessions = await armAll(ours, options);
    const finished = await Promise.all(ours.map((shard) => finishEpoch(client, shard, token)));
    const shards = finished.filter(Boolean).length;
    report({ kind: 'alarms_rearmed', shards, sessions, durationMs: Math.round(performance.now() - startMs) });
    return shards > 0;
  } finally {
    await Promise.allSettled(ours.map((shard) => leaveEpoch(client, shard, token)));
  }
}

/** How many sessions were armed. Stops where what was armed is lost again: then the next attempt begins anew. */
async function armAll(ours: readonly Shard[], options: RearmOptions): Promise<number> {
  const { client, deadlines, shardNumber } = options;
  let sessions = 0;
  let after: ArmableSession | null = null;
  do {
    const page: readonly ArmableSession[] = await deadlines({ after, limit: pageSize });
    const readAtMs = performance.now();
    for (const shard of ours) {
      if (!(await continueEpoch(client, shard))) return sessions;
      const alarms = page.filter(({ sessionId }) => homeOf(sessionId, shardNumber()) === shard.index);
      for (let from = 0; from < alarms.length; from += maxArmedAtOnce)
        await armAlarms(
          client,
          shard,
          'bring_forward',
          aged(alarms.slice(from, from + maxArmedAtOnce), performance.now() - readAtMs),
        );
      sessions += alarms.length;
    }
    after = page.length < pageSize ? null : (page.at(-1) ?? null);
  } while (after !== null);
  return sessions;
}
