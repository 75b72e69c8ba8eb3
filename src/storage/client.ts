import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { Client, Pool, type PoolClient } from 'pg';
import { PrismaClient } from './generated/client.ts';
import { connectionTo, schemaOf } from './database-url.ts';
import { requirePrimary, requirePrimaryToRead } from './primary-only.ts';

export type { PrismaClient } from './generated/client.ts';
export { Prisma } from './generated/client.ts';

/** By which a connection knows a statement that it has prepared. */
export const statementName = (sql: string): string =>
  `s_${createHash('sha1').update(sql).digest('base64url')}`;

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
        // Our statements are few; Prisma's own, for the admin lists, vary with their filters.
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
 * (activate-events.ts). Version 2: low balances are written (R17).
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
  /** After that we stop listening ourselves: the wire may be cut without anybody having told us. */
  answerMs: 6_000,
} as const;

/**
 * `engine`: whatever decides, and whatever patients and doctors wait for. `console`: lists and figures for staff, which
 * must not take a connection, or the database's time, from a deduction.
 */
export type PoolUse = 'engine' | 'console';

/** Opened when somebody looks, so a process at whose console nobody looks has none. */
export const CONSOLE_LIMITS = { connections: 2, statementMs: 1_000, answerMs: 2_000 } as const;

/**
 * Everything that we ask is found by a key. A plan that was made and kept while a table was small must not go on
 * reading all of it when it is large.
 */
const LOOKUPS_ONLY = '-c enable_seqscan=off';

/**
 * And a plan is made once a connection. Left to itself, PostgreSQL takes a list of one id to be worth a plan of its own,
 * each time: in a small batch, that costs several times what the statement does.
 */
const PLANNED_ONCE = '-c plan_cache_mode=force_generic_plan';

/**
 * What is loaded under the accounts' locks must be younger than the locks, whatever this database's own default is: a
 * picture that lasts for the whole transaction would be older.
 */
const READ_COMMITTED = String.raw`-c default_transaction_isolation=read\ committed`;

/** A list that reads a month is worth no compiler: that alone takes longer than the list. */
const NOT_COMPILED = '-c jit=off';

/** Connections to the primary, each opened when it is needed and none given to anybody while it is not at rest. */
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
 * A server that stood still gives back connections whose COMMIT or ROLLBACK was never sent or never answered. Whoever got
 * such a one next would write into the transaction of somebody else, and be told that it is done while it is not.
 */
function dropUnlessAtRest(connection: PoolClient): void {
  // The pool drops what is ending when it is given back.
  if (connection instanceof Client && connection.getTransactionStatus() !== 'I') void connection.end();
}
