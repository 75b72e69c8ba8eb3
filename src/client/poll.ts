/** The fallback where no socket can be opened: the events route, one request at a time. */
import type { EventsPage } from './contract.ts';
import type { Feed } from './feed.ts';
import { asError, type Request } from './http.ts';
import { ClientError, type Report } from './problem.ts';
import { isDue, type Retry, retryNow, steadyMs, tryLater } from './time.ts';

export interface Poll {
  readonly state: () => 'connecting' | 'polling' | 'offline';
  /** Asks where it is due. `isCrowded`: too many appointments are polled for one to keep a connection waiting. */
  readonly tick: (isCrowded: boolean) => void;
  /** Drops the request under way; the next tick asks again. */
  readonly reset: () => void;
}

const WAIT_SECONDS = 25;
const PAGE = 200;
const PAUSE_MS = 5_000;

export function createPoll(
  request: Request,
  appointmentId: number,
  feed: Pick<Feed, 'log' | 'takePage' | 'beginAgain'>,
  onChange: () => void,
  report: Report,
): Poll {
  let state: ReturnType<Poll['state']> = 'connecting';
  let underWay: AbortController | null = null;
  let retry: Retry = retryNow();

  async function ask(isCrowded: boolean): Promise<void> {
    const mine = new AbortController();
    underWay = mine;
    const { n } = feed.log();
    // The first request does not wait: its answer shows that polling works.
    const waitSeconds = state === 'polling' && !isCrowded ? WAIT_SECONDS : 0;
    const page = await request<EventsPage>(
      `/text-appointments/${appointmentId}/events?after=${n}&limit=${PAGE}&wait=${waitSeconds}`,
      { waitSeconds, signal: mine.signal },
    ).catch(asError);
    if (underWay !== mine) return;
    underWay = null;
    const error = page instanceof ClientError ? page : feed.takePage(page);
    if (error === null) retry = { atMs: isCrowded ? steadyMs() + PAUSE_MS : 0, tries: 0 };
    else if (error.code === 'cursor_ahead' && n > 0) feed.beginAgain();
    else {
      tryLater(retry, error.retryAfterMs);
      // A poll that fails again and again is one problem.
      if (state !== 'offline') report({ code: error.code, appointmentId });
    }
    state = error === null ? 'polling' : 'offline';
    onChange();
  }

  return {
    state: () => state,
    tick: (isCrowded) => {
      if (underWay === null && isDue(retry)) void ask(isCrowded);
    },
    reset: () => {
      underWay?.abort();
      underWay = null;
      state = 'connecting';
      retry = retryNow();
    },
  };
}
