import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { connectionTo, schemaOf } from './database-url.ts';

const run = promisify(execFile);
const PROJECT_DIR = join(import.meta.dirname, '..', '..');
const TIMEOUT_MS = 600_000;
const CONNECT_TIMEOUT_MS = 10_000;
const NO_SUCH_DATABASE = '3D000';

/**
 * Brings the database to the newest migration (`prisma migrate deploy`); creates the database where the
 * server lacks it. Safe to run from several processes at once, and again. Throws an Error that says what is
 * wrong.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const prisma = createRequire(import.meta.url).resolve('prisma/build/index.js');
  try {
    await checkTarget(databaseUrl, schemaOf(databaseUrl));
    await run(process.execPath, [prisma, 'migrate', 'deploy'], {
      cwd: PROJECT_DIR,
      env: { ...process.env, DATABASE_URL: databaseUrl, NO_COLOR: '1' },
      timeout: TIMEOUT_MS,
    });
  } catch (error) {
    throw new Error(`the database could not be migrated: ${readReason(error)}`, { cause: error });
  }
}

/** What Prisma said, or the error itself. */
function readReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stderr = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : '';
  const reason = stderr.slice(Math.max(stderr.indexOf('Error:'), 0)).replace(/^Error:\s*/, '');
  // A refused connection to a name with several addresses is an AggregateError, whose own message is empty.
  const code = 'code' in error ? String(error.code) : String(error);
  return reason.trim() || error.message || code;
}

/**
 * Asks before anything is made whether tables can be made in that schema. A database that is not there yet is created
 * later. @throws an Error that says in one sentence what to do.
 */
export async function checkTarget(databaseUrl: string, schema: string): Promise<void> {
  const client = new Client(connectionTo(databaseUrl, { connectionTimeoutMillis: CONNECT_TIMEOUT_MS }));
  try {
    await client.connect();
    const { rows } = await client.query<Target>(ASK_TARGET, [schema]);
    const flaw = rows[0] === undefined ? null : flawOf(rows[0], schema);
    if (flaw !== null) throw new Error(flaw);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === NO_SUCH_DATABASE)) throw error;
  } finally {
    await client.end();
  }
}

interface Target {
  readonly role: string;
  readonly database: string;
  readonly encoding: string;
  readonly hasSchema: boolean;
  readonly mayCreateSchemas: boolean;
  readonly mayCreateTables: boolean;
}

const ASK_TARGET = `
  SELECT current_user AS role, current_database() AS database, getdatabaseencoding() AS encoding,
    to_regnamespace($1) IS NOT NULL AS "hasSchema",
    has_database_privilege(current_database(), 'CREATE') AS "mayCreateSchemas",
    coalesce(has_schema_privilege(to_regnamespace($1)::oid, 'CREATE'), false) AS "mayCreateTables"`;

function flawOf(target: Target, schema: string): string | null {
  const { role, database, encoding } = target;
  if (encoding !== 'UTF8')
    return `the database ${database} is encoded in ${encoding}, which cannot hold every message: create one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`;
  if (target.hasSchema && !target.mayCreateTables)
    return `the role ${role} may not create tables in the schema ${schema} of the database ${database}: as its owner, GRANT CREATE, USAGE ON SCHEMA ${schema} TO ${role}`;
  if (!target.hasSchema && !target.mayCreateSchemas)
    return `the role ${role} may not create the schema ${schema} in the database ${database}: as its owner, GRANT CREATE ON DATABASE ${database} TO ${role}`;
  return null;
}
