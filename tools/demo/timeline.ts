import { setTimeout as delay } from 'node:timers/promises';
import { msOf, type SessionEvent } from '../kit/answers.ts';

/** What happens, in the order of time, one line an event. Instants are in milliseconds since 1970. */
export interface Timeline {
  /** From now on time counts from here. */
  begin(zeroMs: number): void;
  tell(atMs: number, appointment: number, words: string): void;
  /** Prints what is known of the time up to `untilMs`; without it, everything. */
  print(untilMs?: number): void;
}

interface Line {
  readonly atMs: number;
  readonly appointment: number;
  readonly words: string;
}

export function createTimeline(printLine: (line: string) => void): Timeline {
  let zeroMs = 0;
  let lines: readonly Line[] = [];
  return {
    begin(ms) {
      zeroMs = ms;
    },
    tell(atMs, appointment, words) {
      lines = [...lines, { atMs, appointment, words }];
    },
    print(untilMs = Number.POSITIVE_INFINITY) {
      const ripe = lines.filter(({ atMs }) => atMs <= untilMs);
      lines = lines.filter(({ atMs }) => atMs > untilMs);
      // Stable: what happens at one instant stays in the order in which it was added.
      for (const { atMs, appointment, words } of ripe.toSorted((one, other) => one.atMs - other.atMs)) {
        const seconds = ((atMs - zeroMs) / 1000).toFixed(3);
        printLine(`${seconds.padStart(9)} s${String(appointment).padStart(3)}  ${words}`);
      }
    },
  };
}

const CHARGE_WORDS: Readonly<Record<string, string>> = {
  interval: 'is complete: one unit is taken',
  no_activity: 'saw no message from either side: one unit is taken',
  manual_end: 'was in progress: one unit is taken',
};

const END_WORDS: Readonly<Record<string, string>> = {
  no_activity: 'the session ends, because nobody wrote',
  balance_exhausted: 'the session ends, because no unit is left for another block',
  doctor_no_response: 'the session ends, because the doctor has not answered',
};

/** An event of the session in plain words; null where another event tells the same. */
export function describeEvent({ type, actor_role, data }: SessionEvent): string | null {
  const reason = data.reason ?? 'no reason';
  switch (type) {
    case 'started':
      return `the ${actor_role} starts the session`;
    case 'message':
      return `the ${actor_role} writes`;
    case 'activity':
      // Here every activity is a message, which has an event of its own.
      return null;
    case 'deduction':
      return `block ${data.interval_no} ${CHARGE_WORDS[reason] ?? `is charged: ${reason}`}`;
    case 'refund':
      return `block ${data.interval_no} is given back`;
    case 'low_balance':
      return 'the last paid block has begun';
    case 'ended':
      if (reason === 'manual_end') return `the ${actor_role} ends the session`;
      return END_WORDS[reason] ?? `the session ends: ${reason}`;
    default:
      return type;
  }
}

const POLL_MS = 150;
/** How long a line is kept back, in case another session has an earlier one. */
const KEPT_BACK_MS = 300;
/** A line says how late it was written, from this on. */
const LATE_MS = 1_000;

export interface WatchOptions {
  /** A session that has not ended by then is left as it is: the comparison shows it. */
  readonly giveUpAfterMs: number;
  readonly halted: AbortSignal;
}

/** Shows every event of the sessions soon after it was written, until all have ended. @throws where it is halted. */
export async function watchSessions(
  sessions: readonly { readonly no: number; readonly sessionId: number }[],
  readEvents: (sessionId: number) => Promise<readonly SessionEvent[]>,
  timeline: Timeline,
  { giveUpAfterMs, halted }: WatchOptions,
): Promise<void> {
  const giveUpAt = performance.now() + giveUpAfterMs;
  const shown = new Map<number, number>();
  const open = new Map(sessions.map(({ no, sessionId }) => [sessionId, no]));
  while (open.size > 0 && performance.now() < giveUpAt) {
    const askedMs = Date.now();
    for (const [sessionId, no] of open)
      for (const event of await readEvents(sessionId)) {
        if (event.event_no <= (shown.get(sessionId) ?? 0)) continue;
        shown.set(sessionId, event.event_no);
        tellEvent(event, no, timeline);
        if (event.type === 'ended') open.delete(sessionId);
      }

    timeline.print(askedMs - KEPT_BACK_MS);
    await delay(POLL_MS, undefined, { signal: halted });
  }
  timeline.print();
}

function tellEvent(event: SessionEvent, no: number, timeline: Timeline): void {
  const words = describeEvent(event);
  if (words === null) return;
  const dueMs = msOf(event.effective_at);
  const lateMs = msOf(event.recorded_at) - dueMs;
  const written = lateMs < LATE_MS ? '' : ` (written ${(lateMs / 1000).toFixed(1)} s later)`;
  timeline.tell(dueMs, no, `${words}${written}`);
}
