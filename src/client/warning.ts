import type { Session } from './contract.ts';
import { timeLeftOf } from './time-left.ts';

export type Warning = 'low_balance' | 'ending_soon' | null;

const ENDING_SOON_MS = 60_000;

/**
 * What to warn of, the more urgent first. Both go by figures of the server, so both are withdrawn when those move.
 * @param lowBalanceNo the number of the last `low_balance` event, 0 where there was none: it may be newer than `session`
 * @param nowMs the server's time; while it is unknown, the warning of a near end stays as it was
 */
export function warningOf(
  session: Session | null,
  lowBalanceNo: number,
  nowMs: number | null,
  before: Warning,
): Warning {
  if (session?.is_active !== true) return null;
  const leftMs = timeLeftOf(session, nowMs)?.ms ?? Infinity;
  if (leftMs <= ENDING_SOON_MS || (nowMs === null && before === 'ending_soon')) return 'ending_soon';
  const { funded_until: fundedUntil, next_deduction_at: nextDeductionAt, event_no: eventNo } = session;
  const isLastFunded = fundedUntil !== null && fundedUntil === nextDeductionAt;
  return isLastFunded || lowBalanceNo > eventNo ? 'low_balance' : null;
}
