import { type Instant, instant } from '../billing/time.ts';

const DAY_MS = 86_400_000;

/** Whether a text is a date, such as 2026-11-22, from 1970 on and with a day after it that has four digits, too. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const atMs = Date.parse(text);
  // Date.parse reads the 30th of February as a day in March: what it read must print as it was written.
  return atMs >= 0 && text < '9999-12-31' && new Date(atMs).toISOString().startsWith(text);
}

export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);

/** How many days there are from one date to another, both counted; less than 1 where the second is the earlier one. */
export const countDays = (from: string, to: string): number =>
  (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;

/** The dates of a time zone, by its IANA name. */
export interface Calendar {
  readonly dateOf: (at: Instant) => string;
  /** The first instant of a date: its midnight, or what comes instead where clocks are put forward over that. */
  readonly startOf: (date: string) => Instant;
}

export function calendarOf(timeZone: string): Calendar {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const dateOf = (atMs: number): string => {
    const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
    return `${parts.get('year')?.padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`;
  };
  return {
    dateOf,
    startOf: (date) => {
      // No clock is ever a day apart from UTC. Between the two, the first instant of the date is found by bisection.
      let beforeMs = Date.parse(date) - DAY_MS;
      let notBeforeMs = Date.parse(date) + DAY_MS;
      while (notBeforeMs - beforeMs > 1) {
        const middleMs = Math.floor((beforeMs + notBeforeMs) / 2);
        if (dateOf(middleMs) < date) beforeMs = middleMs;
        else notBeforeMs = middleMs;
      }
      return instant(notBeforeMs);
    },
  };
}
