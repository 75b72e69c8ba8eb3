import { createHmac, randomBytes } from 'node:crypto';

/** Signs the tokens of everybody who speaks to a server that we started ourselves. Another one in each process. */
export const SECRET = randomBytes(48).toString('base64url');

/** Longer than any clock is wrong in our experiments. */
const LIFETIME_SECONDS = 7 * 24 * 3600;

/** One part of a JSON Web Token. */
export const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Made by hand rather than by the library that checks it, so that it can be wrong in every way (RFC 7519, HS256). */
export function hs256(
  payload: unknown,
  secret: string | Buffer = SECRET,
  header: object = { alg: 'HS256', typ: 'JWT' },
): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** A good token, as the clinic's sign-in would make it. `claims`: such as `role`, or another `exp`. */
export const tokenFor = (userId: number, claims: Readonly<Record<string, unknown>> = {}): string =>
  hs256({ sub: userId, exp: Math.floor(Date.now() / 1000) + LIFETIME_SECONDS, ...claims });
