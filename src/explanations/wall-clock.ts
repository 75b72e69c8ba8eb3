import type { Instant } from '../billing/time.ts';

/** More than any clock is ever set back or forward. */
const NEAR_MS = 3 * 3_600_000;

/**
 * How instants are shown in a time zone: `10:24:10`, whole seconds, the rest is cut off. A time on another date than
 * `day` says its date. A time that the clock shows twice, in a night in which it is set back, says its offset.
 *
 * @param timeZone an IANA name.
 * @throws RangeError where there is no such time zone.
 */
export function wallClock(timeZone: string, day: Instant): (at: Instant) => string {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const shownAt = (ms: number): { readonly date: string; readonly time: string } => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
    const joined = (separator: string, ...types: readonly Intl.DateTimeFormatPartTypes[]): string =>
      types.map((type) => parts.get(type)).join(separator);
    return { date: joined('-', 'year', 'month', 'day'), time: joined(':', 'hour', 'minute', 'second') };
  };
  const offsetMs = (ms: number): number => {
    const { date, time } = shownAt(ms);
    return Date.parse(`${date}T${time}Z`) - ms;
  };
  /** Whether another instant near this one is shown by the same date and time. */
  const isShownTwice = (ms: number): boolean =>
    [ms - NEAR_MS, ms + NEAR_MS].some((near) => {
      const other = ms + offsetMs(ms) - offsetMs(near);
      return other !== ms && offsetMs(other) === offsetMs(near);
    });

  const { date: ownDate } = shownAt(day);
  const inWords = (second: number): string => {
    const { date, time } = shownAt(second);
    const shown = isShownTwice(second) ? `${time} (${offsetInWords(offsetMs(second))})` : time;
    return date === ownDate ? shown : `${shown} on ${date}`;
  };
  // A block begins where the one before ends, so most instants are shown twice, and Intl takes most of the time.
  const known = new Map<number, string>();
  return (at) => {
    const second = Math.floor(at / 1000) * 1000;
    const words = known.get(second) ?? inWords(second);
    known.set(second, words);
    return words;
  };
}

/** `UTC+02:00`. */
function offsetInWords(ms: number): string {
  const minutes = Math.abs(Math.round(ms / 60_000));
  const two = (count: number): string => String(count).padStart(2, '0');
  return `UTC${ms < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
