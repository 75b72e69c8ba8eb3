import { Client, escapeIdentifier } from 'pg';
import { connectionTo } from './database-url.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const NO_SUCH_DATABASE = '3D000';
/** Two that create it at once may also both begin: then the second one finds the name taken in the catalogue. */
const EXISTS = new Set(['42P04', '23505']);

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

export const isMissing = (error: unknown): boolean => codeOf(error) === NO_SUCH_DATABASE;

/** Runs something on a connection of its own, which is closed after it. */
export async function withConnection<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(connectionTo(url, { connectionTimeoutMillis: CONNECT_TIMEOUT_MS }));
  // Where the server ends it, the next statement says so.
  client.on('error', () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** Creates the database that a URL names, on its server. Safe where it is there already. */
export async function createDatabase(url: string): Promise<void> {
  const server = new URL(url);
  const name = decodeURIComponent(server.pathname.slice(1));
  server.pathname = '/postgres';
  try {
    // The server's own template may hold less than every letter that a message may.
    await withConnection(server.href, (client) =>
      client.query(`CREATE DATABASE ${escapeIdentifier(name)} ENCODING 'UTF8' TEMPLATE template0`),
    );
  } catch (error) {
    // Another process that migrates was faster: there is the database.
    if (!EXISTS.has(codeOf(error))) throw error;
  }
}
