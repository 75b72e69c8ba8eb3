import { type TSchema, Type } from 'typebox';
import { isId } from '../billing/ids.ts';
import { isActionName } from '../sessions/admin-actions.ts';
import { parseActionCursor, parseAppointmentCursor, parseLedgerCursor } from './cursors.ts';
import { isDate } from './calendar.ts';
import { parseRfc3339 } from './rfc3339.ts';

/**
 * The fields that requests and answers are made of. Where a request can be wrong, the description completes the
 * sentence "it must be …": the answer to a wrong request says it to the caller.
 */

const ID = 'an integer from 1 to 9007199254740991';

export const id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: ID });

/** Old apps may send an id as text: their first server took `"12"` for an integer too. */
export const lenientId = Type.Unsafe<number | string>({
  type: ['integer', 'string'],
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  format: 'id',
  description: ID,
});

/** An id in a path or query. */
export const idText = Type.String({ format: 'id', description: ID });

export const idParams = Type.Object({ id: idText });
export const sessionParams = Type.Object({ session_id: idText });
export const appointmentParams = Type.Object({ appointment_id: idText });

/** An id of a query that may be left out; its schema has checked it. */
export const idOrNull = <Id>(parse: (id: number) => Id, text: string | undefined): Id | null =>
  text === undefined ? null : parse(Number(text));

export const instantText = Type.String({
  format: 'date-time',
  description: 'a date and time with its offset, such as 2026-11-22T09:30:00Z (RFC 3339)',
});

export const dateText = Type.String({
  format: 'date',
  description: 'a date such as 2026-11-22, from 1970 on',
});

export const timeZone = Type.String({ format: 'time-zone', description: 'the IANA name of a time zone' });

/** Of a note. */
export const NOTE = '1 to 500 characters that say why';

const NOTE_LIMITS = { maxLength: 500, format: 'storable-text', description: NOTE };

export const note = Type.String({ ...NOTE_LIMITS, minLength: 1, pattern: '\\S' });

/** In a preview it may be empty: `lacksNote` asks for it where it may not. */
export const noteOrEmpty = Type.String(NOTE_LIMITS);

export function nullable<Schema extends TSchema>(schema: Schema) {
  const keywords: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(schema));
  const words = keywords['enum'];
  return Type.Unsafe<Type.Static<Schema> | null>({
    ...keywords,
    type: [keywords['type'], 'null'],
    ...(Array.isArray(words) ? { enum: [...words, null] } : {}),
  });
}

/** One of a few words. */
export const oneOf = <const Words extends readonly string[]>(...words: Words) =>
  Type.Unsafe<Words[number]>({ type: 'string', enum: words, description: `one of ${words.join(', ')}` });

/** Of an answer: every instant is in UTC with milliseconds. */
export const instant = Type.String({ format: 'date-time' });

export const units = Type.Integer();

/** How many, in a query. */
export const countText = (most: keyof typeof COUNT_PATTERNS, options: { readonly default?: string } = {}) =>
  Type.String({ pattern: COUNT_PATTERNS[most], description: `an integer from 1 to ${most}`, ...options });

/** How many of a list, in a query. Where it is left out, the validator fills in what is usual. */
export const limitText = (most: keyof typeof COUNT_PATTERNS, usual: number) =>
  Type.Optional(countText(most, { default: String(usual) }));

const COUNT_PATTERNS = { 200: '^([1-9]\\d?|1\\d\\d|200)$', 1000: '^([1-9]\\d{0,2}|1000)$' };

/** What JSON Schema's own keywords cannot say about a text. A schema names one of these as its `format`. */
export const formats = {
  id: (text: string): boolean => /^[1-9]\d{0,15}$/.test(text) && isId(Number(text)),
  'id-or-zero': (text: string): boolean => text === '0' || formats.id(text),
  'action-cursor': (text: string): boolean => parseActionCursor(text) !== null,
  'action-name': isActionName,
  'appointment-cursor': (text: string): boolean => parseAppointmentCursor(text) !== null,
  count: (text: string): boolean => /^[1-9]\d{0,30}$/.test(text),
  'date-time': (text: string): boolean => parseRfc3339(text) !== null,
  date: isDate,
  'storable-text': isStorable,
  'time-zone': isTimeZone,
  'ledger-cursor': (text: string): boolean => parseLedgerCursor(text) !== null,
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
