import { Prisma } from '../client.ts';

/**
 * A list of ids as one parameter. Prisma looks at every element of a JavaScript array, on each of the statements that
 * are sent the most; a text in PostgreSQL's own form passes as it is.
 */
export const bigintArray = (ids: readonly number[]): Prisma.Sql =>
  Prisma.sql`${`{${ids.join(',')}}`}::text::bigint[]`;
