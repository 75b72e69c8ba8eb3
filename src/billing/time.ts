/**
 * R1 Time. One clock, the database's; it is read once per command and passed down as `now`.
 * Nothing in this folder reads a clock.
 */
declare const brand: unique symbol;

/** A point in time: whole milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number & { readonly [brand]: 'Instant' };

/** @throws RangeError where the number is no whole millisecond: a clock or a column that we misread. */
export function instant(epochMs: number): Instant {
  if (!Number.isSafeInteger(epochMs))
    throw new RangeError(`an instant is a whole number of ms, got ${epochMs}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the brand is given here and nowhere else
  return epochMs as Instant;
}

/** The instant `durationMs` after `start`. */
export const after = (start: Instant, durationMs: number): Instant => instant(start + durationMs);

/** Milliseconds from `start` to `now`, never negative: a clock that was set back un-charges nothing. */
export const elapsedMs = (start: Instant, now: Instant): number => Math.max(0, now - start);

export const later = (a: Instant, b: Instant): Instant => (a >= b ? a : b);

/** The earliest of the instants that are there; null where there is none. */
export function earliest(instants: Iterable<Instant | null>): Instant | null {
  let first: Instant | null = null;
  for (const candidate of instants) {
    if (candidate !== null && (first === null || candidate < first)) first = candidate;
  }
  return first;
}
