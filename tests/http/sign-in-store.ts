import type { UserId } from '../../src/billing/ids.ts';
import type { SignInStore } from '../../src/http/auth/sign-ins.ts';

/** Sign-ins that live as long as a test, by a clock that the test may move. */
export function signInsInMemory(nowMs: () => number = Date.now): SignInStore {
  const rows = new Map<string, { readonly userId: UserId; readonly endsAtMs: number }>();
  return {
    open: async (idHash, userId, durationMs) =>
      void rows.set(idHash, { userId, endsAtMs: nowMs() + durationMs }),
    find: async (idHash) => {
      const row = rows.get(idHash);
      return row === undefined || row.endsAtMs <= nowMs()
        ? null
        : { userId: row.userId, leftMs: row.endsAtMs - nowMs() };
    },
    end: async (idHash) => void rows.delete(idHash),
  };
}
