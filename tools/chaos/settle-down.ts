import { setTimeout as pause } from 'node:timers/promises';
import { readAlarms } from './check/alarms-set.ts';
import type { Load } from './load/load.ts';
import type { Rig } from './rig/rig.ts';
import { recoveredAt } from './watch/recovery.ts';
import type { Sample } from './watch/sampler.ts';

/** How long everything took to become right after the last fault. */
export interface SettledDown {
  /** Seconds until all was well and every active session had an alarm, with people still at work. */
  readonly armedAfterSeconds: number;
  /** Seconds until no session was active and no alarm was due, after people had stopped. */
  readonly drainedAfterSeconds: number;
  readonly differences: readonly string[];
}

/** Everything must be in order within this time. */
const SETTLE_LIMIT_SECONDS = 60;
const POLL_MS = 500;

/** First with the load: no session overdue or without an alarm. Then without: every session ends, the queue drains. */
export async function settleDown(
  rig: Rig,
  load: Load,
  samples: readonly Sample[],
  say: (words: string) => void,
): Promise<SettledDown> {
  say('the faults have stopped: waiting until no session is overdue and every one has an alarm');
  const armed = await untilArmed(rig, samples);
  say('people stop: waiting until every session has ended and the queue has drained');
  await load.stop();
  const drained = await untilDrained(rig);
  return {
    armedAfterSeconds: armed.seconds,
    drainedAfterSeconds: drained.seconds,
    differences: [...armed.differences, ...drained.differences],
  };
}

interface Waited {
  readonly seconds: number;
  readonly differences: readonly string[];
}

/** Asks until nothing is in the way, or the limit has passed: then what still is. */
async function until(inTheWay: () => Promise<readonly string[]>): Promise<Waited> {
  const startedAt = performance.now();
  for (;;) {
    const found = await inTheWay().catch((error: unknown) => [`it could not be read: ${String(error)}`]);
    const seconds = (performance.now() - startedAt) / 1000;
    if (found.length === 0) return { seconds, differences: [] };
    if (seconds > SETTLE_LIMIT_SECONDS)
      return {
        seconds,
        differences: found.map((words) => `after ${SETTLE_LIMIT_SECONDS} s in peace, ${words}`),
      };

    await pause(POLL_MS);
  }
}

function untilArmed(rig: Rig, samples: readonly Sample[]): Promise<Waited> {
  const fromMs = Date.now();
  // An alarm that is being set while we read may be missed once, never twice.
  let unarmedBefore: readonly number[] = [];
  return until(async () => {
    const alarms = await readAlarms(rig.redis.url, rig.observer);
    const unarmed = alarms.unarmed.filter((id) => unarmedBefore.includes(id));
    unarmedBefore = alarms.unarmed;
    const last = samples.at(-1);
    return [
      ...(recoveredAt(samples, { fromMs, rateBefore: null }) === null
        ? [`${last?.overdue ?? 'unknown'} sessions are overdue, or a process is not ready`]
        : []),
      ...(unarmed.length > 0 ? [`sessions ${unarmed.join(', ')} have no alarm`] : []),
      ...(alarms.dueAndUntaken > 0 ? [`${alarms.dueAndUntaken} alarms are due and untaken`] : []),
    ];
  });
}

function untilDrained(rig: Rig): Promise<Waited> {
  return until(async () => {
    const [row] = await rig.observer.ask<{ active: number }>(
      'SELECT count(*)::integer AS active FROM text_appointment_sessions WHERE is_active',
    );
    const { dueAndUntaken } = await readAlarms(rig.redis.url, rig.observer);
    return [
      ...(row === undefined || row.active > 0 ? [`${row?.active ?? '?'} sessions are still active`] : []),
      ...(dueAndUntaken > 0 ? [`${dueAndUntaken} alarms are due and untaken`] : []),
    ];
  });
}
