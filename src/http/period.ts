import type { Instant } from '../billing/time.ts';
import type { FieldError } from './envelope.ts';

/** What is wrong with a period of a query; empty where nothing is. */
export const flawsOfPeriod = ({
  from,
  to,
}: {
  readonly from: Instant | null;
  readonly to: Instant | null;
}): FieldError[] =>
  from !== null && to !== null && to <= from ? [{ field: 'to', message: 'must be later than from' }] : [];
