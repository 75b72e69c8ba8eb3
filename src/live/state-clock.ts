import { expectedEndOf, type Status } from '../sessions/reads.ts';

/** While messages come all the time, the state is sent once in this time. */
const STATE_EVERY_MS = 1_000;
/** The state is read once more this long before the session's end, so that no warning shows an old figure. */
const BEFORE_END_MS = 65_000;
/** An end that is further away is read again after this time: `setTimeout` takes 24 days at most. */
const LONGEST_WAIT_MS = 3_600_000;

/** Which end of the session a follower was sent, and when the state is to be read again. */
export interface StateClock {
  readonly note: (sent: Status) => void;
  /** Whether the session ends at another instant, or for another reason, than was sent. */
  readonly hasEndMoved: (status: Status) => boolean;
  /** Whether the state may be sent again only because the end has moved. */
  readonly isDue: () => boolean;
  /** Calls once it may. */
  readonly whenDue: (wake: () => void) => void;
  readonly stop: () => void;
}

/** `readAgain` is called 65 s before the session's end, and at it. */
export function createStateClock(readAgain: () => void): StateClock {
  let sentEnd: string | null = null;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let readTimer: NodeJS.Timeout | undefined;
  let dueTimer: NodeJS.Timeout | undefined;
  const waitMs = (): number => readAtMs + STATE_EVERY_MS - performance.now();

  return {
    note: (sent) => {
      readAtMs = performance.now();
      sentEnd = endOf(sent);
      clearTimeout(readTimer);
      const end = expectedEndOf(sent);
      if (end === null) return;
      const leftMs = end.at - end.accountNow;
      const delayMs = leftMs > BEFORE_END_MS ? leftMs - BEFORE_END_MS : leftMs;
      readTimer = setTimeout(readAgain, Math.min(LONGEST_WAIT_MS, Math.max(1, delayMs)));
    },
    hasEndMoved: (status) => sentEnd !== endOf(status),
    isDue: () => waitMs() <= 0,
    whenDue: (wake) => {
      clearTimeout(dueTimer);
      dueTimer = setTimeout(wake, Math.max(1, waitMs()));
    },
    stop: () => {
      clearTimeout(readTimer);
      clearTimeout(dueTimer);
    },
  };
}

/** Equal where the session ends at the same instant for the same reason. */
function endOf(status: Status): string | null {
  const end = expectedEndOf(status);
  return end === null ? null : `${end.at} ${end.reason}`;
}
