import { Client, escapeIdentifier } from 'pg';
import { connectionTo } from '../../src/storage/database-url.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const NO_SUCH_DATABASE = '3D000';
const DATABASE_EXISTS = '42P04';

/** Prisma's names for what may be wrong with a connection; it shows them beside the message. */
const PRISMA_CODES: Readonly<Record<string, string>> = {
  [NO_SUCH_DATABASE]: 'P1003',
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

async function createDatabase(url: string): Promise<void> {
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
    if (codeOf(error) !== DATABASE_EXISTS) {
      throw error;
    }
  }
}

async function withConnection(url: string, use: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client(connectionTo(url, { connectionTimeoutMillis: CONNECT_TIMEOUT_MS }));
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
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
