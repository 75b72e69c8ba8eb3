import { type UserId, userId } from '../billing/ids.ts';
import type { PrismaClient } from './client.ts';
import { retrying } from './errors.ts';
import {
  endSignIn,
  findSignIn,
  type OpenedRow,
  openSignIn,
  openSignInOnce,
  type SignInRow,
} from './sql/sign-ins.ts';

/** Who is signed in with a browser, in Postgres, for every process alike. @throws StoreUnavailable */
export const createSignInStore = (client: PrismaClient) => ({
  open: (
    idHash: string,
    user: UserId,
    durationMs: number,
    once: { readonly hash: string; readonly endsAtMs: number } | null,
  ): Promise<boolean> =>
    retrying(async () => {
      const [row] = await client.$queryRaw<OpenedRow[]>(
        once === null
          ? openSignIn(idHash, user, durationMs)
          : openSignInOnce(idHash, user, durationMs, once.hash, once.endsAtMs),
      );
      return row?.is_open === true;
    }),
  find: (idHash: string): Promise<{ readonly userId: UserId; readonly leftMs: number } | null> =>
    retrying(async () => {
      const [row] = await client.$queryRaw<SignInRow[]>(findSignIn(idHash));
      return row === undefined ? null : { userId: userId(row.user_id), leftMs: row.left_ms };
    }),
  end: async (idHash: string): Promise<void> => {
    await retrying(() => client.$executeRaw(endSignIn(idHash)));
  },
});
