import { sleep } from '../async/sleep.ts';
import type { AppointmentId } from '../billing/ids.ts';
import type { EventLog } from '../sessions/feed.ts';
import { eventNoOf, type Status } from '../sessions/reads.ts';
import type { Hub, Wake } from './hub.ts';
import { createPages, type EventSink } from './pages.ts';
import { createSteps } from './steps.ts';
import { createStateClock } from './state-clock.ts';

/** Where a follower's frames go, in order. */
export interface Sink extends EventSink {
  /** Resolves once it is not full. Never, where the receiver reads nothing more. */
  readonly ready: () => Promise<void>;
  readonly state: (status: Status) => void;
}

export interface FollowOptions {
  readonly appointmentId: AppointmentId;
  /** The number of the last event that the follower has. */
  readonly after: number;
  readonly log: Pick<EventLog, 'after'>;
  /** The status now; null where there is no such appointment. */
  readonly status: (appointmentId: AppointmentId) => Promise<Status | null>;
  readonly sink: Sink;
  readonly onError: (error: unknown) => void;
}

export interface Follow {
  /** Sends from now on; the follower has just been sent this status. */
  readonly start: (sent: Status) => void;
  /** Sends nothing more. */
  readonly close: () => void;
}

const RETRY_MS = 1_000;

/**
 * One follower of one appointment. It pulls: woken, it reads what comes after its cursor, sends it and moves the cursor,
 * and reads the state after what may have changed it. The log is its buffer, so a slow reader costs no memory, and a
 * lost, doubled or early wake changes nothing but when.
 *
 * It watches from the beginning and sends nothing before `start`: what happens in between is not missed.
 */
export function createFollow(hub: Pick<Hub, 'watch'>, options: FollowOptions): Follow {
  const { appointmentId, sink, onError } = options;
  /** What is to be done: read the log; send the state; send it only if the session's end has moved. */
  const due = { log: true, state: false, end: false };
  /** Set once the log is read to its end: else a log that grows all the time would hold up the state for ever. */
  let isStatesTurn = false;

  const steps = createSteps(step);
  const pages = createPages(options.log, options, sink, steps.isStopped);
  const clock = createStateClock(() => {
    due.state = true;
    steps.wake();
  });

  /** Does what is due next; false where that is nothing, or not yet. */
  async function step(): Promise<boolean> {
    try {
      const isStateDue = due.state || (due.end && clock.isDue());
      if (isStateDue && (isStatesTurn || !due.log)) await sendState();
      else if (due.log) await sendEvents();
      else {
        if (due.end) clock.whenDue(steps.wake);
        return false;
      }
    } catch (error) {
      if (steps.isStopped()) return false;
      onError(error);
      due.log = true;
      due.state = true;
      await sleep(RETRY_MS * (1 + Math.random()));
    }
    return true;
  }

  async function sendEvents(): Promise<void> {
    await sink.ready();
    due.log = false;
    const { sent, isAtEnd } = await pages.sendNext();
    if (!isAtEnd) due.log = true;
    isStatesTurn = isAtEnd;
    for (const { type } of sent)
      if (type === 'message') due.end = true;
      else due.state = true;
  }

  async function sendState(): Promise<void> {
    await sink.ready();
    const isDue = due.state;
    due.state = false;
    due.end = false;
    isStatesTurn = false;
    const status = await options.status(appointmentId);
    if (status === null || steps.isStopped()) return;
    if (eventNoOf(status) > pages.cursor()) due.log = true;
    const hasEndMoved = clock.hasEndMoved(status);
    clock.note(status);
    if (isDue || hasEndMoved) sink.state(status);
  }

  const unwatch = hub.watch(appointmentId, (wake) => {
    noteWake(wake, due, pages.cursor());
    steps.wake();
  });
  return {
    start: (sent) => {
      clock.note(sent);
      steps.start();
    },
    close: () => {
      steps.stop();
      unwatch();
      clock.stop();
    },
  };
}

function noteWake(wake: Wake, due: { log: boolean; state: boolean; end: boolean }, cursor: number): void {
  switch (wake.kind) {
    case 'log':
      due.log = true;
      break;
    case 'account':
      due.state = true;
      break;
    case 'activity':
      due.end = true;
      break;
    case 'compared':
      due.log ||= wake.eventNo > cursor;
      due.state ||= wake.isAccountChanged;
      break;
  }
}
