import type { AdminActions } from '../sessions/admin-actions.ts';
import { pageOf } from '../sessions/page.ts';
import type { PrismaClient } from './client.ts';
import { retrying, retryingUnlessSlow } from './errors.ts';
import {
  actionFrom,
  type ActionRow,
  findActions,
  findActionsOfSession,
  insertAction,
} from './sql/admin-actions.ts';

/** Postgres behind the port for what administrators did. Lists are read by the console's own connections. */
export const createAdminActions = (client: PrismaClient, consoleClient: PrismaClient): AdminActions => ({
  record: async (action) => {
    await retrying(() => client.$executeRaw(insertAction(action)));
  },
  page: (filter) =>
    retryingUnlessSlow(async () => {
      const rows = await consoleClient.$queryRaw<ActionRow[]>(findActions(filter, filter.limit + 1));
      return pageOf(rows.map(actionFrom), filter.limit, (last) => last);
    }),
  ofSession: (id, entries) =>
    retryingUnlessSlow(async () =>
      (await consoleClient.$queryRaw<ActionRow[]>(findActionsOfSession(id, entries))).map(actionFrom),
    ),
});
