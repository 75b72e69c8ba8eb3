import type { FieldError } from './envelope.ts';

/** What is wrong with the period of a query, in ms since 1970; empty where nothing is. */
export const flawsOfPeriod = ({
  from,
  to,
}: {
  readonly from: number | null;
  readonly to: number | null;
}): FieldError[] =>
  from !== null && to !== null && to <= from ? [{ field: 'to', message: 'must be later than from' }] : [];
