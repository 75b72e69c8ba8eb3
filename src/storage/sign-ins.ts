import { type UserId, userId } from '../billing/ids.ts';
import type { PrismaClient } from './client.ts';
import { retrying } from './errors.ts';
import { endSignIn, findSignIn, openSignIn, type SignInRow } from './sql/sign-ins.ts';

/** Who is signed in with a browser, in Postgres, for every process alike. @throws StoreUnavailable */
export const createSignInStore = (client: PrismaClient) => ({
  open: async (idHash: string, user: UserId, durationMs: number): Promise<void> => {
    await retrying(() => client.$executeRaw(openSignIn(idHash, user, durationMs)));
  },
  find: (idHash: string): Promise<{ readonly userId: UserId; readonly leftMs: number } | null> =>
    retrying(async () => {
      const [row] = await client.$queryRaw<SignInRow[]>(findSignIn(idHash));
      return row === undefined ? null : { userId: userId(row.user_id), leftMs: row.left_ms };
    }),
  end: async (idHash: string): Promise<void> => {
    await retrying(() => client.$executeRaw(endSignIn(idHash)));
  },
});
