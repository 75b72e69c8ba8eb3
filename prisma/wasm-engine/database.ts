import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import { escapeIdentifier, Pool, types } from 'pg';
import type { QueryResult } from 'pg';
import { codeOf, createDatabase, withConnection } from '../../src/storage/create-database.ts';
import { connectionTo, schemaOf } from '../../src/storage/database-url.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const CHAR_OID = 18;

/** The connections that the schema engine asks for: to the database, and to an empty one beside it. */
export function connectForMigrations(url: string): object {
  return bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => connect(url),
    connectToShadowDb: () => connectToShadow(url),
  });
}

async function connect(url: string): Promise<SqlDriverAdapter> {
  // One connection, kept: the engine holds a lock of the connection from its first statement to its last.
  const pool = new Pool(
    connectionTo(url, {
      max: 1,
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      application_name: 'migrate',
      // An index on a large table takes its time, whatever this role may have otherwise.
      statement_timeout: 0,
      options: '-c statement_timeout=0',
    }),
  );
  const schema = schemaOf(url);
  const adapter: SqlDriverAdapter = await new PrismaPg(pool, { disposeExternalPool: true, schema }).connect();
  // As it comes, the adapter splits a script at every semicolon, also inside function bodies and comments.
  // A query without parameters may hold many statements: PostgreSQL parses them, in one transaction.
  adapter.executeScript = async (script) => {
    await adapter.executeRaw({ sql: script, args: [], argTypes: [] });
  };
  acceptChar(pool, adapter);
  await createSchema(pool, schema);
  return adapter;
}

/** Not by IF NOT EXISTS alone, which asks for the right to create schemas also where there is nothing to create. */
async function createSchema(pool: Pool, schema: string): Promise<void> {
  const { rows } = await pool.query<{ isThere: boolean }>(
    'SELECT to_regnamespace($1) IS NOT NULL AS "isThere"',
    [schema],
  );
  if (rows[0]?.isThere !== true) await pool.query(`CREATE SCHEMA IF NOT EXISTS ${escapeIdentifier(schema)}`);
}

async function connectToShadow(url: string): Promise<SqlDriverAdapter> {
  const name = `prisma_migrate_shadow_${randomUUID()}`;
  const shadowUrl = new URL(url);
  shadowUrl.pathname = `/${name}`;
  const main = await connect(url);
  await main.executeScript(`CREATE DATABASE "${name}"`);
  const shadow = await connect(shadowUrl.href);
  const disconnect = shadow.dispose.bind(shadow);
  shadow.dispose = async () => {
    await disconnect();
    await main.executeScript(`DROP DATABASE "${name}"`);
    await main.dispose();
  };
  return shadow;
}

/** PostgreSQL's catalogues hold columns of the type `"char"`, which the engine asks for and the adapter refuses. */
function acceptChar(pool: Pool, adapter: SqlDriverAdapter): void {
  const charColumns = new WeakMap<object, readonly number[]>();
  const query = pool.query.bind(pool);
  const queryAndNoteChars = async (...args: unknown[]): Promise<unknown> => {
    const result: QueryResult = await Reflect.apply(query, pool, args);
    // A script of many statements answers with an array, which has no fields.
    const indexes: number[] = [];
    for (const [index, field] of (result.fields ?? []).entries()) {
      if (field.dataTypeID === CHAR_OID) {
        field.dataTypeID = types.builtins.TEXT;
        indexes.push(index);
      }
    }
    charColumns.set(result.rows ?? [], indexes);
    return result;
  };
  Object.defineProperty(pool, 'query', { value: queryAndNoteChars });
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (sql) => {
    const result = await queryRaw(sql);
    for (const index of charColumns.get(result.rows) ?? []) {
      result.columnTypes[index] = ColumnTypeEnum.Character;
    }
    return result;
  };
}

/** Prisma's names for what may be wrong with a connection; it shows them beside the message. */
const PRISMA_CODES: Readonly<Record<string, string>> = {
  '3D000': 'P1003',
  '28P01': 'P1000',
  '28000': 'P1010',
  ECONNREFUSED: 'P1001',
  ENOTFOUND: 'P1001',
};

/**
 * The two commands that the command line runs beside JSON-RPC. Gives the exit code; what is wrong goes to
 * stderr in the form of the engine's log, behind a first line that the command line skips.
 */
export async function checkOrCreateDatabase(url: string, command: string): Promise<number> {
  try {
    switch (command) {
      case 'can-connect-to-database':
        await withConnection(url, (client) => client.query('SELECT 1'));
        return 0;
      case 'create-database':
        await createDatabase(url);
        return 0;
      default:
        throw new Error(`the schema engine from npm has no command "${command}"`);
    }
  } catch (error) {
    process.stderr.write(`\n${JSON.stringify(toLogLine(error))}`);
    return 1;
  }
}

function toLogLine(error: unknown): object {
  const code = codeOf(error);
  // A refused connection to a name with several addresses is an AggregateError, whose own message is empty.
  const message = (error instanceof Error && error.message) || code || String(error);
  return {
    level: 'ERROR',
    target: 'schema_engine::logger',
    fields: { error_code: PRISMA_CODES[code] ?? 'P1001', message },
  };
}
