import { type TSchema, Type } from 'typebox';

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

export const instantText = Type.String({
  format: 'date-time',
  description: 'a date and time with its offset, such as 2026-11-22T09:30:00Z (RFC 3339)',
});

export const note = Type.String({
  minLength: 1,
  maxLength: 500,
  pattern: '\\S',
  format: 'storable-text',
  description: '1 to 500 characters that say why',
});

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

/** How many of a list, in a query. */
export const limitText = (most: keyof typeof upTo, usual: number) =>
  Type.String({
    pattern: upTo[most],
    default: String(usual),
    description: `an integer from 1 to ${most}`,
  });

const upTo = { 200: '^([1-9]\\d?|1\\d\\d|200)$', 1000: '^([1-9]\\d{0,2}|1000)$' };
