import { expect, test } from 'vitest';
import { arrayLiteral } from '../../src/storage/columns.ts';
import { sharedDatabase } from '../../tools/kit/shared-database.ts';

const database = sharedDatabase();

async function readBack(type: string, values: Parameters<typeof arrayLiteral>[0]): Promise<unknown> {
  const { rows } = await database.sql.query<{ read: unknown }>(
    `SELECT to_json($1::text::${type}[]) AS read`,
    [arrayLiteral(values)],
  );
  return rows[0]?.read;
}

test.for([
  ['no value at all', 'text', []],
  ['a text that says NULL, and none', 'text', ['NULL', 'null', null, '']],
  ['braces, commas and spaces', 'text', ['{', '}', '{1,2}', ',', ' a ', '\t\n']],
  ['quotes and backslashes', 'text', ['"', String.raw`\ `, String.raw`\"`, String.raw`\\"\\`, "'"]],
  ['letters of any script', 'text', ['Grüße', '日本', '👩‍⚕️']],
  ['whole numbers up to the largest', 'bigint', [0, -1, Number.MAX_SAFE_INTEGER, null]],
  ['yes, no and neither', 'boolean', [true, false, null]],
] as const)('an array as one text says %s', async ([, type, values]) => {
  expect(await readBack(type, values)).toEqual([...values]);
});

test('an array as one text holds documents as they are', async () => {
  const documents = [{ note: String.raw`he said "\{no\}", twice` }, { nested: { none: null } }];
  expect(
    await readBack(
      'jsonb',
      documents.map((document) => JSON.stringify(document)),
    ),
  ).toEqual(documents);
});

test('instants come back from the database as the milliseconds that went in', async () => {
  const instants = [0, 1, 999, 1_795_354_800_123, 1_800_000_000_001, 253_402_300_799_999];
  const { rows } = await database.sql.query<{ read: unknown }>(
    `SELECT json_agg(epoch_ms(instant(ms)::timestamptz(3)) ORDER BY ms) AS read FROM unnest($1::text::bigint[]) AS ms`,
    [arrayLiteral(instants)],
  );
  expect(rows[0]?.read).toEqual(instants);
});
