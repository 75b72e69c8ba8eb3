import { Prisma } from '../client.ts';

/** In ms since 1970, `from` included, `to` not; null: no bound. */
export interface Period {
  readonly from: number | null;
  readonly to: number | null;
}

/** Never null, so that an index is of use without a bound, too. */
export const beginOf = ({ from }: Period): Prisma.Sql =>
  Prisma.sql`coalesce(instant(${from}::bigint), '-infinity')`;

export const endOf = ({ to }: Period): Prisma.Sql => Prisma.sql`coalesce(instant(${to}::bigint), 'infinity')`;

export const isWithin = (column: Prisma.Sql, period: Period): Prisma.Sql =>
  Prisma.sql`${column} >= ${beginOf(period)} AND ${column} < ${endOf(period)}`;
