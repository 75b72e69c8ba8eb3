import { readdir } from 'node:fs/promises';
import { Client } from 'pg';
import { withTimeout } from '../async/timeout.ts';
import type { Away, DatabaseFindings } from '../watch/doctor.ts';
import type { DatabaseState } from '../watch/state.ts';
import { connectionTo } from './database-url.ts';
import { stateFrom } from './now.ts';
import { ASK_SERVER, type ServerRow, whyNotPrimary } from './primary-only.ts';
import { type DatabaseStateRow, findState } from './sql/now.ts';
import { isMigrated, MIGRATIONS_DIR } from './unfinished-indexes.ts';

const LIMITS = {
  connectionTimeoutMillis: 2_000,
  query_timeout: 1_500,
  statement_timeout: 1_500,
  application_name: 'doctor of session-engine',
};

const LIMIT_MS = 3_000;

/** What the doctor finds out about the database: on one connection, which cannot write. */
export interface Examination {
  readonly findings: DatabaseFindings;
  /** Read again; null where the tables are not as this program expects. */
  readonly state: () => Promise<DatabaseState | null>;
  readonly close: () => void;
}

/** Never rejects: a database that cannot be asked is a finding. */
export async function examineDatabase(url: string): Promise<Examination | Away> {
  const client = new Client(connectionTo(url, LIMITS));
  // The connection may be lost at any time; the next query fails then.
  client.on('error', () => {});
  // Not awaited: a server that hangs does not answer this either.
  const close = (): void => void client.end().catch(() => {});
  try {
    const findings = await withTimeout(connectAndAsk(client), LIMIT_MS, 'no answer in time');
    return { findings, state: () => readState(client), close };
  } catch (error) {
    close();
    return { kind: 'away', why: messageOf(error) };
  }
}

async function connectAndAsk(client: Client): Promise<DatabaseFindings> {
  await client.connect();
  const { rows } = await client.query<ServerRow>(ASK_SERVER);
  await client.query('SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY');
  return {
    kind: 'up',
    notPrimary: whyNotPrimary(rows[0])?.message ?? null,
    migrations: await migrations(client),
    connections: await connections(client),
    clockAheadMs: await clockAheadMs(client),
    state: await readState(client),
  };
}

async function migrations(client: Client): Promise<DatabaseFindings['migrations']> {
  const known = (await readdir(MIGRATIONS_DIR, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
  if (!(await isMigrated(client))) return { applied: 0, pending: known, unknown: [] };
  const answer = await client.query<{ name: string }>(
    'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  );
  const applied = new Set(answer.rows.map(({ name }) => name));
  return {
    applied: applied.size,
    pending: known.filter((name) => !applied.has(name)),
    unknown: [...applied].filter((name) => !known.includes(name)),
  };
}

/** Of all databases of the server, for they share its limit. What is kept for superusers is not there for us. */
async function connections(client: Client): Promise<DatabaseFindings['connections']> {
  const { rows } = await client.query<DatabaseFindings['connections']>(
    `SELECT (SELECT sum(numbackends) FROM pg_stat_database)::integer AS used,
       current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
         - current_setting('reserved_connections')::integer AS most`,
  );
  return rows[0] ?? { used: 0, most: 0 };
}

/** To half the time that the answer took. */
async function clockAheadMs(client: Client): Promise<number> {
  const askedMs = Date.now();
  const { rows } = await client.query<{ ms: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
  );
  return (rows[0]?.ms ?? askedMs) - (askedMs + Date.now()) / 2;
}

async function readState(client: Client): Promise<DatabaseState | null> {
  const { text, values } = findState();
  try {
    const { rows } = await client.query<DatabaseStateRow>(text, values);
    return rows[0] === undefined ? null : stateFrom(rows[0]);
  } catch {
    // Where the tables are older than this program, the line on migrations says so.
    return null;
  }
}

const messageOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
};
