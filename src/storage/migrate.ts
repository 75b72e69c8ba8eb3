import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Client } from 'pg';
import { createDatabase, isMissing, withConnection } from './create-database.ts';
import { schemaOf } from './database-url.ts';
import { clearUnfinishedIndexes } from './unfinished-indexes.ts';

const run = promisify(execFile);
const PROJECT_DIR = join(import.meta.dirname, '..', '..');
/** An index on the largest table, and then some. */
const TIMEOUT_MS = 3_600_000;
const LOCK_PAUSE_MS = 200;

/**
 * Brings the database to the newest migration (`prisma migrate deploy`); creates the database where the
 * server lacks it. Safe to run from several processes at once, and again, also after one that was cut short. Throws an Error
 * that says what is wrong.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  try {
    await checkTarget(databaseUrl, schemaOf(databaseUrl));
    await oneAtATime(databaseUrl, async (client) => {
      await clearUnfinishedIndexes(client, (name) =>
        runPrisma(databaseUrl, 'migrate', 'resolve', '--rolled-back', name),
      );
      await runPrisma(databaseUrl, 'migrate', 'deploy');
    });
  } catch (error) {
    throw new Error(`the database could not be migrated: ${readReason(error)}`, { cause: error });
  }
}

async function runPrisma(databaseUrl: string, ...command: string[]): Promise<void> {
  const prisma = createRequire(import.meta.url).resolve('prisma/build/index.js');
  await run(process.execPath, [prisma, ...command], {
    cwd: PROJECT_DIR,
    env: { ...process.env, DATABASE_URL: databaseUrl, NO_COLOR: '1' },
    timeout: TIMEOUT_MS,
  });
}

/**
 * Of several processes, one after the other. Prisma has such a lock itself, but gives up after ten seconds, and a building
 * of an index (CONCURRENTLY) waits for each transaction that waits for this lock: neither would go on. So the lock is
 * tried again and again, and nothing waits inside the database.
 */
async function oneAtATime(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const locked = async (client: Client): Promise<void> => {
    for (const startMs = performance.now(); performance.now() - startMs < TIMEOUT_MS;) {
      const { rows } = await client.query<{ isOurs: boolean }>(
        `SELECT pg_try_advisory_lock(hashtext('session-engine'), hashtext('migrate')) AS "isOurs"`,
      );
      // It ends with the connection.
      if (rows[0]?.isOurs === true) return work(client);
      await pause(LOCK_PAUSE_MS);
    }
    throw new Error('another process has been migrating this database for an hour');
  };
  try {
    await withConnection(url, locked);
  } catch (error) {
    if (!isMissing(error)) throw error;
    await createDatabase(url);
    await withConnection(url, locked);
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
  try {
    await withConnection(databaseUrl, async (client) => {
      const { rows } = await client.query<Target>(ASK_TARGET, [schema]);
      const flaw = rows[0] === undefined ? null : flawOf(rows[0], schema);
      if (flaw !== null) throw new Error(flaw);
    });
  } catch (error) {
    if (!isMissing(error)) throw error;
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
