import type { UserId } from '../../src/billing/ids.ts';
import type { SignInStore } from '../../src/http/auth/sign-ins.ts';

/** Sign-ins that live as long as a test, by a clock that the test may move. */
export function signInsInMemory(nowMs: () => number = Date.now): SignInStore {
  const used = new Set<string>();
  const rows = new Map<string, { readonly userId: UserId; readonly endsAtMs: number }>();
  return {
    open: async (idHash, userId, durationMs, once) => {
      if (once !== null && used.has(once.hash)) return false;
      if (once !== null) used.add(once.hash);
      rows.set(idHash, { userId, endsAtMs: nowMs() + durationMs });
      return true;
    },
    find: async (idHash) => {
      const row = rows.get(idHash);
      return row === undefined || row.endsAtMs <= nowMs()
        ? null
        : { userId: row.userId, leftMs: row.endsAtMs - nowMs() };
    },
    end: async (idHash) => void rows.delete(idHash),
  };
}
