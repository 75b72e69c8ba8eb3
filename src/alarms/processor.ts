import type { EndReason } from '../billing/account.ts';
import type { SessionId } from '../billing/ids.ts';
import { elapsedMs, type Instant } from '../billing/time.ts';
import type { Alarm, Alarms, Deadlines } from '../sessions/alarms.ts';
import type { SettleOutcome } from '../sessions/commands.ts';
import type { SettledBlock } from '../sessions/alarms.ts';
import { rfc3339 } from './job.ts';

/** Who wrote what the ledger holds for a deadline. */
export type WrittenBy = 'this job' | 'the sweep' | 'another command';

/** What the board shows of an alarm that was done, as the job's return value: what the ledger holds for its deadline. */
export interface AlarmReport {
  readonly charged: readonly SettledBlock[];
  readonly refunded: readonly SettledBlock[];
  readonly ended: EndReason | null;
  /** When the session is due next; null: it is over. */
  readonly next_at: string | null;
  /** How long after the deadline it was written, in ms; null where there was nothing to write. */
  readonly late_ms: number | null;
  readonly by: WrittenBy | null;
  /** Why there was nothing to do. */
  readonly note?: string;
}

export type Processed =
  | { readonly kind: 'done'; readonly report: AlarmReport }
  /** By the database's clock the deadline is still ahead: the same job once more, after that time. */
  | { readonly kind: 'early'; readonly leftMs: number };

export interface ProcessorParts {
  /** Settles the session's account to now. Safe at any time, any number of times, also twice at once. */
  readonly settle: (sessionId: SessionId) => Promise<SettleOutcome>;
  readonly settledAt: Deadlines['settledAt'];
  readonly arm: Alarms['arm'];
}

/**
 * What becomes of an alarm that rang. The alarm of the next deadline is set before this one is done, so whatever fails
 * here, one of the two is in the queue. `isSwept`: the sweep was here before. No queue in it.
 */
export async function processAlarm(
  { sessionId, at }: Pick<Alarm, 'sessionId' | 'at'>,
  { settle, settledAt, arm }: ProcessorParts,
  isSwept: boolean,
): Promise<Processed> {
  const outcome = await settle(sessionId);
  if (outcome.kind === 'unknown')
    return { kind: 'done', report: { ...NOTHING, note: 'there is no such session' } };
  if (outcome.kind === 'active') {
    const now = outcome.next.at - outcome.delayMs;
    if (now < at) return { kind: 'early', leftMs: at - now };
    await arm([outcome.next]);
  }
  const isOurs = outcome.did.recordedAt !== null;
  const { charged, refunded, ended, recordedAt } = isOurs ? outcome.did : await settledAt(sessionId, at);
  const next_at = outcome.kind === 'active' ? rfc3339(outcome.next.at) : null;
  if (recordedAt === null)
    return { kind: 'done', report: { ...NOTHING, next_at, note: noteOf(outcome, at) } };
  const by: WrittenBy = isOurs ? 'this job' : isSwept ? 'the sweep' : 'another command';
  const late_ms = elapsedMs(at, recordedAt);
  return { kind: 'done', report: { charged, refunded, ended, next_at, late_ms, by } };
}

const NOTHING = { charged: [], refunded: [], ended: null, next_at: null, late_ms: null, by: null };

function noteOf(outcome: SettleOutcome & { readonly kind: 'active' | 'ended' }, at: Instant): string {
  if (outcome.kind === 'active')
    return 'nothing was due: the deadline was put off by what was written meanwhile';
  const when = outcome.at < at ? 'before this deadline' : 'after it';
  return `nothing was due: the session ended ${when}, ${outcome.reason} at ${rfc3339(outcome.at)}`;
}
