import type { AppointmentId } from '../billing/ids.ts';
import type { SessionEvent, StoredMessage } from './store.ts';

/** A line of the log as followers get it. Its type may be one that a newer version writes. */
export interface LoggedEvent extends Omit<SessionEvent, 'type' | 'data'> {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** The message that the line is about; null for every other. */
  readonly message: StoredMessage | null;
  /** Of an end: the units of the whole session as of this line. Null for every other. */
  readonly unitsUsed: number | null;
}

export interface EventPage {
  /** The number of the log's last line; 0 where nobody has started a session. */
  readonly head: number;
  /** Those after the cursor, in order, without a gap. */
  readonly events: readonly LoggedEvent[];
}

/** What is compared to find changes whose wakes were lost. */
export interface Mark {
  readonly eventNo: number;
  /** Equal where the account's grants and holds, and the end of an idle session, are. */
  readonly account: string;
}

/** What followers read. Always of the primary. */
export interface EventLog {
  /** Those who ask at the same time share one statement. At most `limit` lines. */
  readonly after: (appointmentId: AppointmentId, after: number, limit: number) => Promise<EventPage>;
  /** Appointments that do not exist are left out. */
  readonly marks: (appointments: readonly AppointmentId[]) => Promise<ReadonlyMap<AppointmentId, Mark>>;
}
