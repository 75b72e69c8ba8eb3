/** The access tokens of the app: asked for one at a time, and always of the same user. */
import type { ServerClock } from './clock.ts';
import { ClientError } from './problem.ts';
import { wallMs } from './time.ts';

export interface Tokens {
  /** A new one; calls meanwhile get the same. @throws what getToken throws; ClientError `token_mismatch` */
  readonly fresh: () => Promise<string>;
  /** The last one, unless it ends soon or is the one that was refused. @throws as `fresh` */
  readonly current: (refused: string | null) => Promise<string>;
  /** NaN while it is not known. */
  readonly userId: () => number;
  /** Sets the user of these tokens. False where it was another user before. */
  readonly isUser: (userId: number) => boolean;
}

/** A token is replaced this long before its end. */
const RENEW_BEFORE_MS = 30_000;

export const endsSoon = (endsAtMs: number, clock: Pick<ServerClock, 'nowMs'>): boolean =>
  endsAtMs - (clock.nowMs() ?? wallMs()) <= RENEW_BEFORE_MS;

/** @param onUser called once, when it is known who the user is */
export function createTokens(
  getToken: () => Promise<string>,
  clock: Pick<ServerClock, 'nowMs'>,
  onUser: () => void,
): Tokens {
  let last = '';
  let endsAtMs = 0;
  let user = NaN;
  let asking: Promise<string> | null = null;

  function isUser(userId: number): boolean {
    if (Number.isNaN(user)) {
      user = userId;
      onUser();
    }
    return user === userId;
  }

  async function ask(): Promise<string> {
    try {
      const token = await getToken();
      const { sub, exp } = claimsOf(token);
      if (sub !== undefined && !isUser(Number(sub))) throw new ClientError('token_mismatch', undefined, 401);
      endsAtMs = (exp ?? Infinity) * 1000;
      last = token;
      return token;
    } finally {
      asking = null;
    }
  }

  const fresh = (): Promise<string> => (asking ??= ask());
  return {
    fresh,
    current: async (refused) => (last === refused || endsSoon(endsAtMs, clock) ? fresh() : last),
    userId: () => user,
    isUser,
  };
}

/** What is read of a JSON Web Token; nothing where it is none, or no `atob` is there. The server alone checks it. */
export function claimsOf(token: string): { readonly sub?: string | number; readonly exp?: number } {
  try {
    return JSON.parse(atob((token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')));
  } catch {
    return {};
  }
}
