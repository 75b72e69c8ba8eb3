import type { EndReason, Session } from '../billing/account.ts';
import type { AppointmentId, SessionId } from '../billing/ids.ts';
import type { EntryReason } from '../billing/ledger.ts';
import type { Policy } from '../billing/policy.ts';
import type { Instant } from '../billing/time.ts';

/** "Settle this session when this deadline has come." It carries no state: losing one costs lateness, never money. */
export interface Alarm {
  readonly sessionId: SessionId;
  /** By the database's clock. */
  readonly at: Instant;
  /** For people who read the board: nothing is decided by these. */
  readonly appointmentId: AppointmentId;
  /** The number of the block that the deadline ends or lies in, from 1, as the ledger counts. */
  readonly block: number;
  /** False: a limit of another rule, within the block. */
  readonly isBlockEnd: boolean;
}

/** What an alarm says of its session. */
export interface AlarmedSession extends Pick<Session, 'id' | 'appointmentId' | 'startedAt'> {
  readonly policy: Pick<Policy, 'intervalMs'>;
}

/** The alarm of one deadline of a session. */
export function alarmFor({ id, appointmentId, startedAt, policy }: AlarmedSession, at: Instant): Alarm {
  const blocks = (at - startedAt) / policy.intervalMs;
  return {
    sessionId: id,
    at,
    appointmentId,
    block: Math.max(1, Math.ceil(blocks)),
    isBlockEnd: blocks >= 1 && Number.isInteger(blocks),
  };
}

/**
 * The port behind which the queue lives. Called after a commit, never inside a transaction, and never
 * awaited by the caller of a command. It may fail (queue away): the sweep covers for it.
 */
export interface Alarms {
  /** An alarm that is set already stays as it is: setting one again is always safe. One queue operation for all. */
  readonly arm: (alarms: readonly Alarm[]) => Promise<void>;
}

/** A block whose unit was taken, or given back. */
export interface SettledBlock {
  /** Its number, from 1. */
  readonly block: number;
  readonly units: number;
  readonly reason: EntryReason;
}

/** What was written for a session: its charges, its refunds, its end. */
export interface Settlement {
  readonly charged: readonly SettledBlock[];
  readonly refunded: readonly SettledBlock[];
  readonly ended: EndReason | null;
  /** Null: nothing was written. */
  readonly recordedAt: Instant | null;
}

/** What the queue may ask of the database about deadlines. Nothing is locked, and nothing written. */
export interface Deadlines {
  /**
   * The alarms of all active sessions, by their stored deadline, the earliest first, a page after the other; `after` is
   * the last one of the page before. A session that starts meanwhile may be missing: its own commit arms it.
   */
  readonly page: (page: {
    readonly after: Alarm | null;
    readonly limit: number;
  }) => Promise<readonly Alarm[]>;
  /** What the ledger holds for one deadline of a session, and how the session ended if it ended at it. */
  readonly settledAt: (sessionId: SessionId, at: Instant) => Promise<Settlement>;
  /** Of these sessions, those that are active, each with its stored deadline. */
  readonly storedFor: (sessionIds: readonly SessionId[]) => Promise<ReadonlyMap<SessionId, Instant>>;
}
