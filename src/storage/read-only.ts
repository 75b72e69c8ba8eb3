import { Prisma, type PrismaClient } from './client.ts';

export type ReadOnlyConnection = Pick<PrismaClient, '$queryRaw'>;

/** How long one page of reading may wait for a connection, and how long it may take. */
const LIMITS = { maxWait: 5_000, timeout: 30_000 };

/**
 * One picture of the database, in a transaction in which PostgreSQL itself refuses to write. It takes no lock that
 * would keep anybody waiting.
 */
export const readOnly = <T>(
  client: PrismaClient,
  read: (connection: ReadOnlyConnection) => Promise<T>,
): Promise<T> =>
  client.$transaction(
    async (connection) => {
      await connection.$executeRaw`SET TRANSACTION READ ONLY`;
      return read(connection);
    },
    { ...LIMITS, isolationLevel: Prisma.TransactionIsolationLevel.RepeatableRead },
  );
