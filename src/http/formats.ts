import { isId } from '../billing/ids.ts';
import { parseRfc3339 } from './rfc3339.ts';

/** What JSON Schema's own keywords cannot say about a text. A schema names one of these as its `format`. */
export const formats = {
  id: (text: string): boolean => /^[1-9]\d{0,15}$/.test(text) && isId(Number(text)),
  'id-or-zero': (text: string): boolean => text === '0' || formats.id(text),
  count: (text: string): boolean => /^[1-9]\d{0,30}$/.test(text),
  'date-time': (text: string): boolean => parseRfc3339(text) !== null,
  'storable-text': isStorable,
  'time-zone': isTimeZone,
};

/** PostgreSQL has no place for NUL, and half of a surrogate pair is no character in any encoding. */
function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** An IANA name. Intl knows offsets such as +02:00 too, which no clinic is in all year. */
function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(text)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
