/** Days and times as people type them, in the time zone of their browser; and what is wrong with what they typed. */
import type { Flaws } from './filter.ts';

const TYPED = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

export const MOMENT_HINT = 'Such as 2026-11-26, or 2026-11-26 10:00';

/** The instant in UTC that `text` means; null where it means none. A day alone means its beginning. */
export function parseMoment(text = ''): string | null {
  const trimmed = text.trim();
  // What the server itself writes can be pasted.
  if (INSTANT.test(trimmed))
    return Number.isNaN(Date.parse(trimmed)) ? null : new Date(trimmed).toISOString();
  const [, year, month, day, hour = '0', minute = '0', second = '0'] = TYPED.exec(trimmed) ?? [];
  if (year === undefined) return null;
  const date = new Date(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  // The 30th of February would become a day of March, and 25:00 the next day.
  const isReal = date.getMonth() === Number(month) - 1 && date.getDate() === Number(day);
  return isReal ? date.toISOString() : null;
}

/** Of a period from the one instant on, before the other; an empty text is no bound. */
export function flawsOfPeriod(from = '', to = ''): Flaws<'from' | 'to'> {
  const [start, end] = [from, to].map((text) => (text.trim() === '' ? undefined : parseMoment(text)));
  if (start === null) return { from: `From must be a day or a time. ${MOMENT_HINT}.` };
  if (end === null) return { to: `To must be a day or a time. ${MOMENT_HINT}.` };
  if (start !== undefined && end !== undefined && start >= end) return { to: 'To must be later than From.' };
  return {};
}

export const MOST_DAYS = 31;
export const DAY_MS = 86_400_000;

/** Of days, the first and the last included. */
export function flawsOfDays(from: string, to: string): Flaws<'from' | 'to'> {
  if (!isDay(from)) return { from: 'From must be a day. Such as 2026-11-26.' };
  if (!isDay(to)) return { to: 'To must be a day. Such as 2026-11-26.' };
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (days < 1) return { to: 'To must not be before From.' };
  return days > MOST_DAYS ? { to: `At most ${MOST_DAYS} days can be shown.` } : {};
}

const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && parseMoment(text) !== null;

/** The day of now, or another by its distance from it: `2026-11-26`. */
export function dayFromToday(days: number): string {
  const date = new Date();
  date.setDate(date.getDate() + days);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
