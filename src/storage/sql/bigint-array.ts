import { arrayLiteral } from '../array-literal.ts';
import { Prisma } from '../client.ts';

/** A list of ids as one parameter. */
export const bigintArray = (ids: readonly number[]): Prisma.Sql =>
  Prisma.sql`${arrayLiteral(ids)}::text::bigint[]`;
