import { expectedEndOf, type Status } from '../sessions/reads.ts';

/** Where somebody writes all the time, the state is told once in this time. */
const STATE_EVERY_MS = 1_000;
/** The state is read once more so long before the session's end, so that nobody is warned by an old figure. */
const BEFORE_END_MS = 65_000;
const LONGEST_TIMER_MS = 3_600_000;

/** What a follower was told of the session's end, and when the state is to be read again. */
export interface StateClock {
  readonly note: (told: Status) => void;
  /** Whether the session ends at another instant, or for another reason, than was told. */
  readonly hasEndMoved: (status: Status) => boolean;
  /** Whether the state may be told again for nothing but a moved end. */
  readonly isDue: () => boolean;
  /** Calls once it may. */
  readonly whenDue: (wake: () => void) => void;
  readonly stop: () => void;
}

/** `readAgain` is called 65 s before the session's end, and at it. */
export function createStateClock(readAgain: () => void): StateClock {
  let toldEnd: string | null = null;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let readTimer: NodeJS.Timeout | undefined;
  let dueTimer: NodeJS.Timeout | undefined;
  const waitMs = (): number => readAtMs + STATE_EVERY_MS - performance.now();

  return {
    note: (told) => {
      readAtMs = performance.now();
      toldEnd = endOf(told);
      clearTimeout(readTimer);
      const end = expectedEndOf(told);
      if (end === null) return;
      const leftMs = end.at - end.accountNow;
      const delayMs = leftMs > BEFORE_END_MS ? leftMs - BEFORE_END_MS : leftMs;
      readTimer = setTimeout(readAgain, Math.min(LONGEST_TIMER_MS, Math.max(1, delayMs)));
    },
    hasEndMoved: (status) => toldEnd !== endOf(status),
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
