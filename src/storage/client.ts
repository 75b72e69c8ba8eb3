import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';

export type { PrismaClient } from './generated/client.ts';
export { Prisma } from './generated/client.ts';

export interface DatabaseSettings {
  readonly url: string;
  /** Connections that this process may open. */
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
 * Everything that we ask is found by a key. A plan that was made and kept while a table was small must not go on
 * reading all of it when it is large.
 */
const LOOKUPS_ONLY = '-c enable_seqscan=off';

/** By which a connection knows a statement that it has prepared. */
export const statementName = (sql: string): string =>
  `s_${createHash('sha1').update(sql).digest('base64url')}`;

/** One way to the database. Every statement is prepared once a connection and named after its own text. */
export function createClient(settings: DatabaseSettings): PrismaClient {
  const names = new Map<string, string>();
  const adapter = new PrismaPg(
    {
      connectionString: settings.url,
      max: settings.maxConnections,
      application_name: settings.applicationName,
      connectionTimeoutMillis: TIME_LIMITS.connectMs,
      statement_timeout: TIME_LIMITS.statementMs,
      lock_timeout: TIME_LIMITS.lockMs,
      query_timeout: TIME_LIMITS.answerMs,
      idle_in_transaction_session_timeout: TIME_LIMITS.idleInTransactionMs,
      keepAlive: true,
      options: LOOKUPS_ONLY,
    },
    {
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
    },
  );
  return new PrismaClient({ adapter });
}
