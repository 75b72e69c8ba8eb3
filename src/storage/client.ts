import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';
import { schemaOf } from './database-url.ts';
import { type DatabaseSettings, openPool } from './pool.ts';

export type { PrismaClient } from './generated/client.ts';
export { Prisma } from './generated/client.ts';

/** By which a connection knows a statement that it has prepared. */
export const statementName = (sql: string): string =>
  `s_${createHash('sha1').update(sql).digest('base64url')}`;

/** One way to the database. Every statement is prepared once a connection and named after its own text. */
export function createClient(settings: DatabaseSettings): PrismaClient {
  const names = new Map<string, string>();
  const adapter = new PrismaPg(openPool(settings), {
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
