/** Keeps the log of one appointment without gaps, from frames or from pages. */
import type { Departure, ServerClock } from './clock.ts';
import type {
  AppointmentFrame,
  ClientFrame,
  EventsPage,
  Follow,
  Session,
  SessionEvent,
  StoredMessage,
} from './contract.ts';
import { EMPTY_LOG, type Log, positionOf, withEvent, withMessages, withSession } from './log.ts';
import { ClientError, type Report } from './problem.ts';
import { isDue, type Retry, retryNow, tryLater } from './time.ts';

export interface Feed {
  readonly log: () => Log;
  /** Whether the socket of now delivers this appointment. */
  readonly isFollowing: () => boolean;
  /** What a hello asks for. */
  readonly inHello: () => Follow;
  /** Asks the socket, where that has not been done or is due again. */
  readonly follow: () => void;
  /** The socket is gone, or nothing more is wanted from it. */
  readonly lost: () => void;
  readonly takeFrame: (frame: AppointmentFrame) => void;
  /** Gives an error where an event is missing in it. */
  readonly takePage: (page: EventsPage) => ClientError | null;
  readonly takeSession: (session: Session) => void;
  readonly takeMessages: (messages: readonly StoredMessage[]) => void;
  /** The log of the server is shorter than ours: its database was restored. */
  readonly beginAgain: () => void;
}

export function createFeed(
  clock: ServerClock,
  appointmentId: number,
  send: (frame: ClientFrame) => void,
  onEvent: (event: SessionEvent) => void,
  onChange: () => void,
  report: Report,
): Feed {
  let log = EMPTY_LOG;
  let isFollowing = false;
  /** When the question was sent that is not answered yet. */
  let asked: Departure | null = null;
  let retry: Retry = retryNow();

  const from = (): Follow => ({ appointment_id: appointmentId, after: log.n });
  function change(next: Log): void {
    const isOther = next !== log;
    log = next;
    if (isOther) onChange();
  }

  function lost(): void {
    isFollowing = false;
    asked = null;
    retry = retryNow();
  }

  function follow(): void {
    if (isFollowing || asked !== null || !isDue(retry)) return;
    asked = clock.depart();
    send({ type: 'follow', ...from() });
  }

  /** At once the first time, with back-off where that brings nothing. */
  function followAgain(): void {
    isFollowing = false;
    if (retry.tries > 0) tryLater(retry);
    else retry.tries = 1;
    follow();
    onChange();
  }

  /** False where it is neither the next one nor one that is known. */
  function takeEvent(event: SessionEvent): boolean {
    const position = positionOf(log, event);
    if (position === 'gap') report({ code: 'events_missing', appointmentId });
    if (position === 'next') {
      retry = retryNow();
      log = withEvent(log, event);
      // Up to the events that the session counts it is history, which is shown at once and not event by event.
      if (!(event.n < (log.session?.event_no ?? 0))) onChange();
      onEvent(event);
    }
    return position !== 'gap';
  }

  function takeSession(session: Session): void {
    change(withSession(log, session));
  }

  const beginAgain = (): void => change({ ...EMPTY_LOG });

  function takeFrame(frame: AppointmentFrame): void {
    switch (frame.type) {
      case 'following': {
        isFollowing = true;
        if (asked !== null) clock.arrive(asked, frame.session.server_time);
        asked = null;
        log = withSession(log, frame.session);
        return onChange();
      }
      case 'refused':
        asked = null;
        isFollowing = false;
        if (frame.code === 'cursor_ahead' && log.n > 0) {
          beginAgain();
          return followAgain();
        }
        report({ code: frame.code, appointmentId });
        // Others stay refused until the next connection.
        if (frame.code === 'unavailable' || frame.code === 'follow_limit') return followAgain();
        retry.atMs = Infinity;
        return onChange();
      case 'event':
        // Events of an earlier follow are ignored: they come once more after `following`.
        if (isFollowing && !takeEvent(frame.event)) followAgain();
        return;
      case 'state':
        return takeSession(frame.session);
      case 'unfollowed':
    }
  }

  return {
    log: () => log,
    isFollowing: () => isFollowing,
    inHello: () => {
      asked = clock.depart();
      return from();
    },
    follow,
    lost,
    takeFrame,
    takePage: ({ events, session }) => {
      log = withSession(log, session);
      const isWhole = events.every(takeEvent);
      onChange();
      return isWhole ? null : new ClientError('events_missing');
    },
    takeSession,
    takeMessages: (messages) => change(withMessages(log, messages)),
    beginAgain,
  };
}
