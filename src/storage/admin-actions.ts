import type { AdminActions } from '../sessions/admin-actions.ts';
import type { PrismaClient } from './client.ts';
import { retrying } from './errors.ts';
import { insertAction } from './sql/admin-actions.ts';

/** Postgres behind the port for what administrators did. */
export const createAdminActions = (client: PrismaClient): AdminActions => ({
  record: async (action) => {
    await retrying(() => client.$executeRaw(insertAction(action)));
  },
});
