import type { FastifyRequest } from 'fastify';
import { isId, type UserId, userId } from '../../billing/ids.ts';

declare module '@fastify/jwt' {
  interface FastifyJWT {
    /** Null until the caller was recognised. */
    user: Caller | null;
  }
}

/** Who sent a request, as the token says that we can check. Patient or doctor is not in it: the appointment says that. */
export interface Caller {
  readonly userId: UserId;
  readonly isAdmin: boolean;
  readonly tokenExpiresAtMs: number;
  /** By a token, as programs do; or by a sign-in: then it is a person at a browser. */
  readonly cameBy: 'token' | 'sign_in';
  /**
   * What tells the token from all others, where it has a `jti`: such a token opens one session of the console, and no second.
   * Null where it has none, and where no token came.
   */
  readonly tokenKey: string | null;
}

/** Reads the claims of a token whose signature is good; null where they name nobody, or are not valid yet at `nowMs`. */
export function callerFrom(claims: unknown, nowMs: number): Caller | null {
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return null;
  const { sub, exp, role, nbf = 0, iss, jti }: Partial<Record<string, unknown>> = claims;
  const subject = idOf(sub);
  if (subject === null || typeof exp !== 'number' || !Number.isFinite(exp)) return null;
  if (typeof nbf !== 'number' || !(nbf * 1000 <= nowMs)) return null;
  return {
    userId: subject,
    isAdmin: role === 'admin',
    tokenExpiresAtMs: exp * 1000,
    cameBy: 'token',
    // Unique for each token of an issuer (RFC 7519); the subject beside it forgives one who counts by user.
    tokenKey: jti === undefined ? null : JSON.stringify([iss ?? null, subject, jti]),
  };
}

/** An id as a number or in decimal; nothing else that JavaScript could turn into one. */
function idOf(sub: unknown): UserId | null {
  const value = typeof sub === 'string' && /^[1-9]\d{0,15}$/.test(sub) ? Number(sub) : sub;
  return isId(value) ? userId(value) : null;
}

/** @throws Error on a route without authentication: a bug. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.user === null) throw new Error('a route was reached without authentication');
  return request.user;
}

/** Callers who were recognised within the last minute, by what they came with: a token, or the hash of a sign-in. */
export interface RememberedCallers {
  /** Null also where the token, or the sign-in, has ended since. */
  readonly recall: (key: string, nowMs: number) => Caller | null;
  readonly remember: (key: string, caller: Caller, nowMs: number) => void;
  readonly forget: (key: string) => void;
}

const REMEMBERED_MS = 60_000;

/** Beyond `most`, the one that was remembered first is forgotten. */
export function createRememberedCallers(most: number): RememberedCallers {
  const known = new Map<string, { readonly caller: Caller; readonly untilMs: number }>();
  return {
    recall: (key, nowMs) => {
      const found = known.get(key);
      if (found === undefined) return null;
      if (nowMs < found.untilMs) return found.caller;
      known.delete(key);
      return null;
    },
    remember: (key, caller, nowMs) => {
      known.delete(key);
      known.set(key, { caller, untilMs: Math.min(caller.tokenExpiresAtMs, nowMs + REMEMBERED_MS) });
      if (known.size <= most) return;
      const [oldest] = known.keys();
      if (oldest !== undefined) known.delete(oldest);
    },
    forget: (key) => void known.delete(key),
  };
}
