import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../tools/kit/database.ts';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

/** What `prisma migrate diff` finds between the migrated tables and a schema: 0 = nothing, 2 = something. */
async function diffTo(schema: string): Promise<{ readonly code: number; readonly text: string }> {
  try {
    const { stdout } = await run(
      process.execPath,
      [
        join(root, 'node_modules/prisma/build/index.js'),
        'migrate',
        'diff',
        '--from-config-datasource',
        '--to-schema',
        schema,
        '--exit-code',
      ],
      { cwd: root, env: { ...process.env, DATABASE_URL: database.url } },
    );
    return { code: 0, text: stdout };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !('stdout' in error)) throw error;
    return { code: Number(error.code), text: String(error.stdout) };
  }
}

test('the Prisma schema says what the migrations made', async () => {
  expect(await diffTo('prisma/schema.prisma')).toEqual({ code: 0, text: expect.any(String) });
});

test('a Prisma schema that lacks a column would be noticed', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'schema-'));
  try {
    const schema = await readFile(join(root, 'prisma/schema.prisma'), 'utf8');
    const lacking = join(directory, 'schema.prisma');
    await writeFile(lacking, schema.replace(/^.*@map\("idempotency_key"\).*\n/m, ''));
    const { code, text } = await diffTo(lacking);
    expect(code).toBe(2);
    expect(text).toContain('idempotency_key');
  } finally {
    await rm(directory, { recursive: true });
  }
});
