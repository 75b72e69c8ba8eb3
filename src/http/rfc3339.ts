import { type Instant, instant } from '../billing/time.ts';

const PATTERN =
  /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

const MINUTE_MS = 60_000;
const EARLIEST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Milliseconds since 1970 as answers show them: RFC 3339, UTC, with milliseconds. */
export const rfc3339 = (atMs: number): string => new Date(atMs).toISOString();

export const rfc3339OrNull = (atMs: number | null): string | null => (atMs === null ? null : rfc3339(atMs));

/**
 * Reads an RFC 3339 instant; what is finer than a millisecond is cut off. Null where the text is none: a local
 * time without an offset, a day that no calendar has, a leap second, a year beyond 1 to 9999.
 */
export function parseRfc3339(text: string): Instant | null {
  const match = PATTERN.exec(text);
  if (match === null) return null;
  const [, date, time, fraction = '', sign, hours = '0', minutes = '0'] = match;
  const wallClock = `${date}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
  const wallClockMs = Date.parse(wallClock);
  // Date.parse reads the 30th of February as a day in March: what it read must print as it was written.
  if (Number.isNaN(wallClockMs) || new Date(wallClockMs).toISOString() !== wallClock) return null;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
  const epochMs = sign === '-' ? wallClockMs + offsetMs : wallClockMs - offsetMs;
  return epochMs < EARLIEST_MS || epochMs > LATEST_MS ? null : instant(epochMs);
}

/** For text that a schema has checked already. @throws RangeError where it had not. */
export function instantOf(text: string): Instant {
  const at = parseRfc3339(text);
  if (at === null) throw new RangeError('a date and time reached a handler unchecked');
  return at;
}

export const instantOrNull = (text: string | null | undefined): Instant | null =>
  text === null || text === undefined ? null : instantOf(text);
