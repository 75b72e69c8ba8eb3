import { type Instant, instant } from '../billing/time.ts';

const pattern =
  /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

const MINUTE_MS = 60_000;
const earliest = Date.parse('0001-01-01T00:00:00.000Z');
const latest = Date.parse('9999-12-31T23:59:59.999Z');

/** An instant as answers show it: RFC 3339, UTC, with milliseconds. */
export const rfc3339 = (at: Instant): string => new Date(at).toISOString();

export const rfc3339OrNull = (at: Instant | null): string | null => (at === null ? null : rfc3339(at));

/**
 * Reads an RFC 3339 instant; what is finer than a millisecond is cut off. Null where the text is none: a local
 * time without an offset, a day that no calendar has, a leap second, a year beyond 1 to 9999.
 */
export function parseRfc3339(text: string): Instant | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const [, date, time, fraction = '', sign, hours = '0', minutes = '0'] = match;
  const wallClock = `${date}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
  const wallClockMs = Date.parse(wallClock);
  // Date.parse reads the 30th of February as a day in March: what it read must print as it was written.
  if (Number.isNaN(wallClockMs) || new Date(wallClockMs).toISOString() !== wallClock) return null;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
  const epochMs = sign === '-' ? wallClockMs + offsetMs : wallClockMs - offsetMs;
  return epochMs < earliest || epochMs > latest ? null : instant(epochMs);
}

/** For text that a schema has checked already. @throws RangeError where it had not. */
export function instantOf(text: string): Instant {
  const at = parseRfc3339(text);
  if (at === null) throw new RangeError('a date and time reached a handler unchecked');
  return at;
}

export const instantOrNull = (text: string | null | undefined): Instant | null =>
  text === null || text === undefined ? null : instantOf(text);
