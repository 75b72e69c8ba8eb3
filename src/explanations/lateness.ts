import type { Instant } from '../billing/time.ts';
import { isLate, type Written } from '../sessions/receipt.ts';
import type { WorkersAway } from '../sessions/records.ts';
import { duration } from './duration.ts';
import type { Audience } from './explanation.ts';

/**
 * R12. What is added to the sentence of something that was written late, or is due and not written yet: that the amount
 * is the same, and why it was late where that is known. Empty where it is not late.
 */
export function lateness(
  written: Written,
  now: Instant,
  workersAway: WorkersAway,
  { at, reader }: Audience,
): string {
  const { effectiveAt, recordedAt } = written;
  if (!isLate(written, now)) return '';
  const late =
    recordedAt === null
      ? 'It is due and not written yet'
      : `It was written ${duration(recordedAt - effectiveAt)} after it was due`;
  const lastSeen = reader === 'staff' ? workersAway.get(effectiveAt) : undefined;
  const noWorker =
    lastSeen === undefined ? '' : ` No worker was running then; the last was seen at ${at(lastSeen)}.`;
  return ` ${late}; the amount is the same.${noWorker}`;
}
