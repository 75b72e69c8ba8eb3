import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { Client, Pool, type PoolClient } from 'pg';
import { PrismaClient } from './generated/client.ts';
import { connectionTo, schemaOf } from './database-url.ts';
import { requirePrimary, requirePrimaryToRead } from './primary-only.ts';

export type { PrismaClient } from './generated/client.ts';
export { Prisma } from './generated/client.ts';

/** By which a connection knows a statement that it has prepared. */
const statementName = (sql: string): string => `s_${createHash('sha1').update(sql).digest('base64url')}`;

/** One way to the database. Every statement is prepared once a connection and named after its own text. */
export function createClient(settings: DatabaseSettings, use: PoolUse = 'engine'): PrismaClient {
  const names = new Map<string, string>();
  const adapter = new PrismaPg(openPool(settings, use), {
    disposeExternalPool: true,
    // Prisma's own queries name it before each table.
    schema: schemaOf(settings.url),
    statementNameGenerator: ({ sql }) => {
      let name = names.get(sql);
      if (name === undefined) {
        name = statementName(sql);
        // Our statements are few; the console's lists vary with their filters.
        if (names.size < 500) names.set(sql, name);
      }
      return name;
    },
    ...(settings.onConnectionLost === undefined
      ? {}
      : { onPoolError: settings.onConnectionLost, onConnectionError: settings.onConnectionLost }),
  });
  return new PrismaClient({ adapter });
}

/**
 * What the audit log of this version holds, said in the name of each connection, so that others see it
 * (`activateLowBalance`). Version 2: low balances are written (R17).
 */
const LOG_VERSION = 2;

export interface DatabaseSettings {
  readonly url: string;
  /** Connections that this process may open, beside the few of the console. */
  readonly maxConnections: number;
  /** Shown by the database beside each connection. */
  readonly applicationName: string;
  /** A connection broke while nobody used it. */
  readonly onConnectionLost?: (error: Error) => void;
}

/** How long the database may take for anything before it gives up itself. Ours are small statements. */
export const TIME_LIMITS = {
  connectMs: 3_000,
  statementMs: 5_000,
  lockMs: 3_000,
  idleInTransactionMs: 10_000,
  /** The client's own limit, for a connection that died without a reset. */
  answerMs: 6_000,
} as const;

/**
 * `engine`: everything that decides, and that patients and doctors wait for. `console`: lists and figures for staff,
 * which must not take a connection, or the database's time, from a deduction.
 */
export type PoolUse = 'engine' | 'console';

/** Opened by the first request of the console: a process without one has none. */
export const CONSOLE_LIMITS = { connections: 2, statementMs: 1_000, answerMs: 2_000 } as const;

/**
 * Everything that we ask is found by a key. A plan that was made and kept while a table was small must not go on
 * reading all of it when it is large.
 */
const LOOKUPS_ONLY = '-c enable_seqscan=off';

/**
 * A plan is made once a connection. By default PostgreSQL plans a statement with a list of one id anew each time: in a
 * small batch, that costs several times what the statement does.
 */
const PLANNED_ONCE = '-c plan_cache_mode=force_generic_plan';

/**
 * What is loaded under the accounts' locks must be younger than the locks, so the database's own default does not count: a
 * snapshot that lasts for the whole transaction would be older.
 */
const READ_COMMITTED = String.raw`-c default_transaction_isolation=read\ committed`;

/** Compiling a list takes longer than the list itself, also for a month. */
const NOT_COMPILED = '-c jit=off';

/** Connections to the primary, each opened when it is needed. None that is inside a transaction is reused. */
export function openPool(settings: DatabaseSettings, use: PoolUse = 'engine'): Pool {
  const { url, maxConnections, applicationName } = settings;
  const isConsole = use === 'console';
  const pool = new Pool(
    connectionTo(url, {
      max: isConsole ? CONSOLE_LIMITS.connections : maxConnections,
      application_name: `${applicationName}${isConsole ? ' console' : ''} log:${LOG_VERSION}`,
      connectionTimeoutMillis: TIME_LIMITS.connectMs,
      statement_timeout: (isConsole ? CONSOLE_LIMITS : TIME_LIMITS).statementMs,
      lock_timeout: TIME_LIMITS.lockMs,
      query_timeout: (isConsole ? CONSOLE_LIMITS : TIME_LIMITS).answerMs,
      idle_in_transaction_session_timeout: TIME_LIMITS.idleInTransactionMs,
      keepAlive: true,
      options: [LOOKUPS_ONLY, PLANNED_ONCE, READ_COMMITTED, ...(isConsole ? [NOT_COMPILED] : [])].join(' '),
      verify: isConsole ? requirePrimaryToRead : requirePrimary,
    }),
  );
  pool.on('release', (_error, connection) => dropUnlessAtRest(connection));
  return pool;
}

/**
 * After a hang of the server, connections come back whose COMMIT or ROLLBACK was never sent or never answered. The next
 * user would write into a foreign transaction, and get an answer for what is not committed.
 */
function dropUnlessAtRest(connection: PoolClient): void {
  // The pool drops what is ending when it is given back.
  if (connection instanceof Client && connection.getTransactionStatus() !== 'I') void connection.end();
}
