import type { AppointmentId } from '../billing/ids.ts';
import type { EventLog, LoggedEvent } from '../sessions/feed.ts';

/** Where a follower's events go, in order. */
export interface EventSink {
  /** Whether too much waits for the receiver to read more for it. */
  readonly isFull: () => boolean;
  readonly event: (event: LoggedEvent) => void;
}

export interface SentPage {
  readonly sent: readonly LoggedEvent[];
  /** Whether that was all there is. */
  readonly isAtEnd: boolean;
}

/** The log after a cursor, sent page by page. */
export interface Pages {
  /** The number of the last event that was sent. */
  readonly cursor: () => number;
  /** Reads the next page and sends what fits. */
  readonly sendNext: () => Promise<SentPage>;
}

/** Of the first page; it doubles with every one that is sent whole. */
const FIRST_SIZE = 25;
const LARGEST_SIZE = 100;

/** What does not fit is read again later, so that nothing waits in memory for a slow reader. */
export function createPages(
  log: Pick<EventLog, 'after'>,
  { appointmentId, after }: { readonly appointmentId: AppointmentId; readonly after: number },
  sink: EventSink,
  isStopped: () => boolean,
): Pages {
  let cursor = after;
  let size = FIRST_SIZE;

  return {
    cursor: () => cursor,
    sendNext: async () => {
      const { events } = await log.after(appointmentId, cursor, size);
      const sent: LoggedEvent[] = [];
      for (const event of events) {
        if (isStopped() || sink.isFull()) break;
        sink.event(event);
        cursor = event.eventNo;
        sent.push(event);
      }
      const isWhole = sent.length === events.length;
      const isAtEnd = isWhole && events.length < size;
      size = isWhole ? Math.min(LARGEST_SIZE, size * 2) : Math.max(1, sent.length);
      return { sent, isAtEnd };
    },
  };
}
