import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../random.ts';
import { fieldOf } from './fields.ts';
import type { Answer, HttpExchange, Question } from './http-exchange.ts';
import type { JournalCounts } from './journal.ts';

export type Settled =
  | { readonly kind: 'acknowledged'; readonly data: unknown }
  | { readonly kind: 'refused'; readonly code: string }
  /** Nobody knows what became of it. */
  | { readonly kind: 'unknown' };

/** Somebody with an app that repeats what was not answered, and asks the other API when one does not help. */
export interface Caller {
  ask(question: Question, token: string): Promise<Settled>;
}

/** After that an app gives up and shows an error. */
const GIVES_UP_AFTER_MS = 90_000;
/** So long an app stays with the other API before it tries its own again. */
const AWAY_MS = 5_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_500;
const TRY_AGAIN = new Set([500, 502, 503, 504, 429]);

export function createCaller(
  exchanges: readonly HttpExchange[],
  random: Random,
  counts: JournalCounts,
): Caller {
  const home = random.integer(0, exchanges.length - 1);
  let current = home;
  let homeAgainAt = 0;

  async function tryOnce(question: Question, token: string): Promise<Answer | null> {
    counts.requests += 1;
    const answer = (await exchanges[current]?.ask(question, token)) ?? null;
    if (answer === null) counts.noAnswer += 1;
    else if (answer.status === 500) counts.internalErrors += 1;
    else if (TRY_AGAIN.has(answer.status)) counts.unavailable += 1;
    return answer !== null && TRY_AGAIN.has(answer.status) ? null : answer;
  }

  return {
    ask: async (question, token) => {
      const deadline = performance.now() + GIVES_UP_AFTER_MS;
      if (performance.now() > homeAgainAt) current = home;
      for (let tries = 0; ; tries += 1) {
        const answer = await tryOnce(question, token);
        if (answer !== null) return settle(answer, counts);
        current = (current + 1) % exchanges.length;
        homeAgainAt = performance.now() + AWAY_MS;
        if (performance.now() > deadline) {
          counts.unknown += 1;
          return { kind: 'unknown' };
        }
        const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries, 5));
        await pause(pauseMs * (0.5 + random.next()));
      }
    },
  };
}

function settle({ status, body }: Answer, counts: JournalCounts): Settled {
  if (status >= 200 && status < 300) {
    counts.acknowledged += 1;
    return { kind: 'acknowledged', data: fieldOf(body, 'data') };
  }
  counts.refused += 1;
  const code = fieldOf(body, 'code');
  return { kind: 'refused', code: typeof code === 'string' ? code : `status ${status}` };
}
