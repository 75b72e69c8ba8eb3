import { setTimeout as pause } from 'node:timers/promises';
import type { ApiAnswer, ApiClient, ApiRequest } from '../../kit/api-client.ts';
import type { Random } from '../../kit/random.ts';
import { type Ask, replyOf } from '../../kit/replies.ts';
import type { JournalCounts } from './journal.ts';

/** After that an app gives up and shows an error. */
const GIVES_UP_AFTER_MS = 90_000;
/** How long an app stays with the other API before it tries its own again. */
const AWAY_MS = 5_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_500;
const TRY_AGAIN = new Set([500, 502, 503, 504, 429]);

/**
 * An app that repeats what was not answered, and asks the other API when one does not help. Gives, for each token, how
 * its owner asks.
 */
export function createPersistentCaller(
  apis: readonly ApiClient[],
  random: Random,
  counts: JournalCounts,
): (token: string) => Ask {
  const home = random.between(0, apis.length - 1);
  let current = home;
  let homeAgainMs = 0;

  async function tryOnce(asked: ApiRequest, token: string): Promise<ApiAnswer | null> {
    counts.requests += 1;
    const answer = (await apis[current]?.send(asked, token).catch(() => null)) ?? null;
    if (answer === null) counts.noAnswer += 1;
    else if (answer.status === 500) counts.internalErrors += 1;
    else if (TRY_AGAIN.has(answer.status)) counts.unavailable += 1;
    return answer !== null && TRY_AGAIN.has(answer.status) ? null : answer;
  }

  return (token) => async (asked) => {
    const deadlineMs = performance.now() + GIVES_UP_AFTER_MS;
    if (performance.now() > homeAgainMs) current = home;
    for (let tries = 0; ; tries += 1) {
      const answer = await tryOnce(asked, token);
      if (answer !== null) {
        const reply = replyOf(answer);
        counts[reply.kind === 'done' ? 'acknowledged' : 'refused'] += 1;
        return reply;
      }
      current = (current + 1) % apis.length;
      homeAgainMs = performance.now() + AWAY_MS;
      if (performance.now() > deadlineMs) {
        counts.unknown += 1;
        return { kind: 'unknown' };
      }
      const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries, 5));
      await pause(pauseMs * (0.5 + random.next()));
    }
  };
}
