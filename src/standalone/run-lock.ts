import { Client, escapeIdentifier } from 'pg';
import { SUPERUSER } from './cluster.ts';

/** An arbitrary number that no other advisory lock in the database `postgres` uses. */
const RUN_LOCK = 7_261_400_183;
const CONNECT_TIMEOUT_MS = 5_000;

/** A run's claim on its server. PostgreSQL drops it by itself when the run's process is gone, however it went. */
export interface RunLock {
  /** Undefined where another run holds the claim. */
  readonly release: (() => Promise<void>) | undefined;
  readonly serverAgeMs: number;
}

export async function tryRunLock(port: number, password: string): Promise<RunLock> {
  const client = await connect(port, password);
  try {
    const { rows } = await client.query<{ locked: boolean; age_ms: number }>(
      `SELECT pg_try_advisory_lock($1) AS locked,
              extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8 * 1000 AS age_ms`,
      [RUN_LOCK],
    );
    const [row] = rows;
    const serverAgeMs = row?.age_ms ?? 0;
    if (row?.locked === true) {
      return { release: () => client.end(), serverAgeMs };
    }
    await client.end();
    return { release: undefined, serverAgeMs };
  } catch (error) {
    await client.end();
    throw error;
  }
}

/** Creates the database where it is missing. */
export async function ensureDatabase(port: number, password: string, name: string): Promise<void> {
  const client = await connect(port, password);
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) {
      await client.query(`CREATE DATABASE ${escapeIdentifier(name)}`);
    }
  } finally {
    await client.end();
  }
}

async function connect(port: number, password: string): Promise<Client> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: SUPERUSER,
    password,
    database: 'postgres',
    application_name: 'embedded',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  // The server may go at any time; whoever waits for its process learns it there.
  client.on('error', () => {});
  await client.connect();
  return client;
}
