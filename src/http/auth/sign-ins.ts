import { createHash, randomBytes } from 'node:crypto';
import { TimeoutError, withTimeout } from '../../async/timeout.ts';
import type { UserId } from '../../billing/ids.ts';
import { StoreUnavailable } from '../../sessions/store.ts';
import { type Caller, createRememberedCallers } from './caller.ts';

/** After that a person signs in again, however long the token is valid. */
export const SIGN_IN_SECONDS = 8 * 3600;

const REMEMBERED_SIGN_INS = 1_000;
/** How long the database may take before one that was seen a moment ago counts. */
const ANSWER_MS = 1_000;
/** The latest end that is stored: a token may name one that PostgreSQL cannot hold. */
const LATEST_END_MS = Date.UTC(9999, 0);
const ID_BYTES = 32;
const ID = /^[\w-]{43}$/;

/** Where sign-ins are kept, for every process alike. They are known by a hash, in hex. @throws StoreUnavailable */
export interface SignInStore {
  /** False where `once` has opened another before: then nothing was opened. */
  readonly open: (
    idHash: string,
    user: UserId,
    durationMs: number,
    once: UsedToken | null,
  ) => Promise<boolean>;
  /** Null where it was never opened, has ended or was ended. */
  readonly find: (idHash: string) => Promise<{ readonly userId: UserId; readonly leftMs: number } | null>;
  readonly end: (idHash: string) => Promise<void>;
}

/** A token that opens one sign-in. It has to be remembered until it has ended. */
export interface UsedToken {
  /** SHA-256, in hex. */
  readonly hash: string;
  readonly endsAtMs: number;
}

/** Administrators who are signed in with a browser. What the browser holds is a random id, and worth nothing by itself. */
export interface SignIns {
  /** The id for the browser's cookie; null where the token opens one only, and has. @throws StoreUnavailable */
  readonly open: (caller: Pick<Caller, 'userId' | 'tokenKey' | 'tokenExpiresAtMs'>) => Promise<string | null>;
  /** Null where nobody is signed in by this id, or no more. @throws StoreUnavailable */
  readonly find: (id: string) => Promise<Caller | null>;
  /** In every process. @throws StoreUnavailable: then it goes on. */
  readonly end: (id: string) => Promise<void>;
}

/**
 * Each call asks the store. Only while that is away, a person whom this process let in within the last 60 s stays signed
 * in, never beyond the end of the sign-in: so the console still shows what is broken.
 */
export function createSignIns(store: SignInStore, nowMs: () => number = Date.now): SignIns {
  const remembered = createRememberedCallers(REMEMBERED_SIGN_INS);

  function remember(idHash: string, caller: Caller): Caller {
    remembered.remember(idHash, caller, nowMs());
    return caller;
  }

  async function ask(idHash: string): Promise<Caller | null> {
    const found = await store.find(idHash);
    if (found === null) {
      remembered.forget(idHash);
      return null;
    }
    const { userId, leftMs } = found;
    // Only administrators get one.
    return remember(idHash, {
      userId,
      isAdmin: true,
      tokenExpiresAtMs: nowMs() + leftMs,
      cameBy: 'sign_in',
      tokenKey: null,
    });
  }

  return {
    open: async ({ userId, tokenKey, tokenExpiresAtMs }) => {
      const id = randomBytes(ID_BYTES).toString('base64url');
      const endsAtMs = Math.min(tokenExpiresAtMs, LATEST_END_MS);
      const once = tokenKey === null ? null : { hash: hashOf(tokenKey), endsAtMs };
      const isOpen = await store.open(hashOf(id), userId, SIGN_IN_SECONDS * 1000, once);
      return isOpen ? id : null;
    },
    find: async (id) => {
      if (!ID.test(id)) return null;
      const idHash = hashOf(id);
      const known = remembered.recall(idHash, nowMs());
      if (known === null) return ask(idHash);
      try {
        return await withTimeout(ask(idHash), ANSWER_MS, 'the database did not answer in time');
      } catch (error) {
        if (error instanceof StoreUnavailable || error instanceof TimeoutError)
          return remember(idHash, known);
        throw error;
      }
    },
    end: async (id) => {
      const idHash = hashOf(id);
      await store.end(idHash);
      remembered.forget(idHash);
    },
  };
}

const hashOf = (id: string): string => createHash('sha256').update(id).digest('hex');
