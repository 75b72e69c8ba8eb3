import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient, Prisma, type PrismaClient } from '../../src/storage/client.ts';
import { databaseFailureOf, sqlStateOf } from '../../src/storage/errors.ts';
import { createDatabase, type TestDatabase } from '../../tools/kit/database.ts';

/** Errors as PostgreSQL raises them and as they arrive through the driver, its adapter and Prisma. */
describe('an error of the database', () => {
  let database: TestDatabase;
  let client: PrismaClient;
  beforeAll(async () => {
    database = await createDatabase();
    client = createClient({ url: database.url, maxConnections: 2, applicationName: 'test' });
  });
  afterAll(async () => {
    await client.$disconnect();
    await database.drop();
  });

  const raise = (code: string) =>
    Prisma.raw(`DO $$ BEGIN RAISE EXCEPTION 'injected' USING ERRCODE = '${code}'; END $$`);

  test.each([
    ['a serialization failure', '40001', 'retry'],
    ['a deadlock', '40P01', 'retry'],
    ['a lock that took too long', '55P03', 'busy'],
    ['a statement that took too long', '57014', 'lost'],
    ['an idle transaction that was ended', '25P03', 'lost'],
    ['a server that is read-only', '25006', 'lost'],
    ['too many connections', '53300', 'lost'],
    ['a full disk', '53100', 'lost'],
    ['no memory', '53200', 'lost'],
    ['a disk that cannot be read', '58030', 'lost'],
    ['a back end that an operator ended', '57P01', 'lost'],
    ['a server that crashed', '57P02', 'lost'],
    ['a server that is starting', '57P03', 'lost'],
    ['a connection that broke', '08006', 'lost'],
    ['a double charge', '23505', 'refused'],
    ['a broken check', '23514', 'refused'],
    ['an append-only table', '23001', 'refused'],
    ['a statement that makes no sense', '42601', 'refused'],
  ])('is known by its SQLSTATE, alone and in a transaction: %s', async (_what, code, failure) => {
    const alone = await client.$executeRaw(raise(code)).catch((error: unknown) => error);
    const inside = await client
      .$transaction((connection) => connection.$executeRaw(raise(code)))
      .catch((error: unknown) => error);
    for (const error of [alone, inside]) {
      expect(sqlStateOf(error)).toBe(code);
      expect(databaseFailureOf(error)).toBe(failure);
    }
  });

  test('is never mistaken for one of the program', () => {
    expect(databaseFailureOf(new TypeError('undefined is not a function'))).toBe('refused');
    expect(databaseFailureOf('a word')).toBe('refused');
  });
});
