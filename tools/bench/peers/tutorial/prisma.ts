import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../../../../src/storage/generated/client.ts';
import { PEER_CONNECTIONS } from '../transaction.ts';

/** As Prisma's documentation opens it. */
export const openPrisma = (databaseUrl: string): PrismaClient =>
  new PrismaClient({ adapter: new PrismaPg({ connectionString: databaseUrl, max: PEER_CONNECTIONS }) });
