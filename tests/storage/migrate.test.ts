import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { describe, expect, test } from 'vitest';
import { prepareDatabase } from '../../src/ops/prepare-database.ts';
import { migrate } from '../../src/storage/migrate.ts';
import { createEmptyDatabase, type TestDatabase } from '../../tools/kit/database.ts';
import { databaseUrl, withServer } from '../../tools/kit/server.ts';
import { openUntrustedServer } from './untrusted-server.ts';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

async function withDatabase(use: (database: TestDatabase) => Promise<void>): Promise<void> {
  const database = await createEmptyDatabase();
  try {
    await use(database);
  } finally {
    await database.drop();
  }
}

const ask = <Row extends object>(url: string, question: string): Promise<Row[]> =>
  withServer(url, async (client) => {
    const { rows } = await client.query<Row>(question);
    return rows;
  });

const withParameters = (url: string, parameters: Readonly<Record<string, string>>): string => {
  const changed = new URL(url);
  for (const [name, value] of Object.entries(parameters)) changed.searchParams.set(name, value);
  return changed.href;
};

describe('migrations', () => {
  test('bring an empty database to the newest state, and change nothing the second time', () =>
    withDatabase(async ({ url }) => {
      const applied = () => ask(url, 'SELECT * FROM _prisma_migrations ORDER BY started_at');
      await migrate(url);
      const once = await applied();
      await migrate(url);

      expect(once.length).toBeGreaterThan(0);
      expect(await applied()).toEqual(once);
    }));

  test('make all tables in the schema that the URL names, beside tables of the same names in public', () =>
    withDatabase(async ({ url }) => {
      await ask(url, 'CREATE TABLE appointments (booked text); CREATE TABLE grants (granted text)');
      const ours = withParameters(url, { schema: 'engine' });
      await prepareDatabase(ours, null);
      await prepareDatabase(ours, null);

      const tables = await ask<{ schema: string; names: string[] }>(
        url,
        `SELECT schemaname AS schema, array_agg(tablename::text ORDER BY tablename) AS names FROM pg_tables
         WHERE schemaname NOT IN ('pg_catalog', 'information_schema') GROUP BY schemaname ORDER BY schemaname`,
      );
      expect(tables.map(({ schema }) => schema)).toEqual(['engine', 'engine_bullmq', 'public']);
      expect(tables[0]?.names).toContain('ledger_entries');
      expect(tables[0]?.names).toContain('_prisma_migrations');
      expect(tables[2]?.names).toEqual(['appointments', 'grants']);
    }));

  test('create the database that a server lacks, able to hold every letter', async () => {
    const name = `${inject('databasePrefix')}to_be_created`;
    const url = databaseUrl(inject('serverUrl'), name);
    await migrate(url);

    expect(await ask(url, 'SELECT getdatabaseencoding() AS encoding')).toEqual([{ encoding: 'UTF8' }]);
    await ask(inject('serverUrl'), `DROP DATABASE ${name}`);
  });
});

describe('a database that cannot be migrated is explained in one sentence', () => {
  test.each(['', '?sslmode=require'])('where nothing listens, with %j', async (parameters) => {
    await expect(migrate(`postgresql://nobody:secret@127.0.0.1:1/nothing${parameters}`)).rejects.toThrow(
      /^the database could not be migrated: connect ECONNREFUSED 127\.0\.0\.1:1$/,
    );
  });

  test('where the role is unknown', async () => {
    const url = new URL(inject('serverUrl'));
    url.username = 'nobody';
    await expect(migrate(url.href)).rejects.toThrow(
      /^the database could not be migrated: password authentication failed for user "nobody"$/,
    );
  });

  test('where the server speaks no TLS', async () => {
    await expect(migrate(withParameters(inject('serverUrl'), { sslmode: 'require' }))).rejects.toThrow(
      /^the database could not be migrated: The server does not support SSL connections$/,
    );
  });

  test('where nobody has signed the certificate', async () => {
    const server = await openUntrustedServer();
    await expect(migrate(server.url)).rejects.toThrow(
      /^the database could not be migrated: self-signed certificate/,
    );
    await server.close();
  });

  test('where its encoding cannot hold every letter', async () => {
    const name = `${inject('databasePrefix')}latin`;
    const server = inject('serverUrl');
    await ask(
      server,
      `CREATE DATABASE ${name} ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0`,
    );
    await expect(migrate(databaseUrl(server, name))).rejects.toThrow(
      new RegExp(
        `the database ${name} is encoded in LATIN1, .* create one with CREATE DATABASE .* ENCODING 'UTF8'`,
      ),
    );
    await ask(server, `DROP DATABASE ${name}`);
  });

  test('where the role may not make tables, or schemas', () =>
    withDatabase(async ({ url }) => {
      const role = `${inject('databasePrefix')}visitor`;
      await ask(url, `CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
      const visitor = new URL(url);
      visitor.username = role;
      visitor.password = 'secret';

      await expect(migrate(visitor.href)).rejects.toThrow(
        `the role ${role} may not create tables in the schema public`,
      );
      await expect(migrate(withParameters(visitor.href, { schema: 'engine' }))).rejects.toThrow(
        `the role ${role} may not create the schema engine`,
      );
      await ask(url, `GRANT CREATE, USAGE ON SCHEMA public TO ${role}`);
      await expect(prepareDatabase(visitor.href, null)).rejects.toThrow(
        `the role ${role} may not create the schema bullmq`,
      );
      await ask(url, `DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }));
});

describe("Prisma's own command line", () => {
  test.each(['', '?sslmode=require', '?sslmode=prefer&uselibpqcompat=true'])(
    'says what is wrong with a connection, also where the driver warns, with %j',
    async (parameters) => {
      const deploy = run(
        process.execPath,
        [join(root, 'node_modules/prisma/build/index.js'), 'migrate', 'deploy'],
        {
          cwd: root,
          env: {
            ...process.env,
            DATABASE_URL: `postgresql://nobody:secret@127.0.0.1:1/nothing${parameters}`,
          },
        },
      );

      await expect(deploy).rejects.toThrow('P1001: connect ECONNREFUSED 127.0.0.1:1');
      await expect(deploy).rejects.not.toThrow('SyntaxError');
    },
  );
});

describe('an index whose building was cut short', () => {
  const INDEX = 'ledger_effective_idx';
  const MIGRATION = '20261128010500_ledger_by_time';
  const stateOf = (url: string) =>
    ask<{ isValid: boolean }>(
      url,
      `SELECT indisvalid AS "isValid" FROM pg_index WHERE indexrelid = to_regclass('${INDEX}')`,
    );

  /** Takes the index and its migration back, and ends the connection that builds it anew, while it waits for a transaction. */
  async function cutShort(url: string): Promise<void> {
    await ask(url, `DROP INDEX ${INDEX}`);
    await ask(url, `DELETE FROM _prisma_migrations WHERE migration_name = '${MIGRATION}'`);
    await withServer(url, async (writer) => {
      await writer.query('BEGIN; LOCK TABLE ledger_entries IN ROW EXCLUSIVE MODE');
      const migrating = expect(migrate(url)).rejects.toThrow('the database could not be migrated');
      const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE '%CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'`;
      while ((await ask(url, end)).length === 0);
      await migrating;
      await writer.query('ROLLBACK');
    });
  }

  test('is built by the next migration, whole and valid', () =>
    withDatabase(async ({ url }) => {
      await migrate(url);
      expect(await stateOf(url)).toEqual([{ isValid: true }]);
      await cutShort(url);
      expect(await stateOf(url)).toEqual([{ isValid: false }]);

      await migrate(url);
      expect(await stateOf(url)).toEqual([{ isValid: true }]);
      const left = `SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL`;
      expect(await ask(url, left)).toEqual([]);
    }));

  test('is built although three processes migrate at once', () =>
    withDatabase(async ({ url }) => {
      await migrate(url);
      await cutShort(url);
      await Promise.all([migrate(url), migrate(url), migrate(url)]);

      expect(await stateOf(url)).toEqual([{ isValid: true }]);
    }));

  test('of a migration that is one transaction is left for a person to look at', () =>
    withDatabase(async ({ url }) => {
      await migrate(url);
      await ask(
        url,
        `UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '20261127220000_terms'`,
      );

      await expect(migrate(url)).rejects.toThrow('20261127220000_terms');
    }));
});

test('three processes that migrate at once bring a database that is not there yet to the newest state', async () => {
  const name = `${inject('databasePrefix')}by_three`;
  const url = databaseUrl(inject('serverUrl'), name);
  await Promise.all([migrate(url), migrate(url), migrate(url)]);

  const invalid = 'SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid';
  expect(await ask(url, invalid)).toEqual([]);
  await ask(inject('serverUrl'), `DROP DATABASE ${name}`);
});
