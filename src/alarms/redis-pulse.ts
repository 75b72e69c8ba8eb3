import { setTimeout as sleep } from 'node:timers/promises';
import { isConnectionError } from './queue-error.ts';
import type { RedisClient } from './redis-client.ts';

const everyMs = 5_000;
const answersWithinMs = 2_000;

/**
 * A connection can stay open although nobody is at its other end: a firewall forgot it, a machine vanished.
 * The system notices after a quarter of an hour. This asks every few seconds and, where no answer comes,
 * connects again. BullMQ does the same for the connection on which a worker waits.
 */
export function watchPulse(client: RedisClient): { readonly stop: () => void } {
  const stopped = new AbortController();
  void beat(client, stopped.signal);
  return { stop: () => stopped.abort() };
}

async function beat(client: RedisClient, stopped: AbortSignal): Promise<void> {
  while (await wait(everyMs, stopped)) {
    if (client.status === 'ready' && !(await answers(client)) && !stopped.aborted) client.disconnect(true);
  }
}

/** Whether the server answers, be it with an error, before the time limit. */
export async function answers(client: RedisClient): Promise<boolean> {
  const done = new AbortController();
  const pong = client.ping().then(
    () => true,
    (error: unknown) => !isConnectionError(error),
  );
  const tooLate = wait(answersWithinMs, done.signal).then(() => false);
  try {
    return await Promise.race([pong, tooLate]);
  } finally {
    done.abort();
  }
}

/** False if it was cut short. */
async function wait(ms: number, cut: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal: cut });
    return true;
  } catch {
    return false;
  }
}
