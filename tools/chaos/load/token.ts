import { createHmac } from 'node:crypto';

const LIFETIME_SECONDS = 7 * 24 * 3600;

/** A token (RFC 7519, HS256) as the clinic's sign-in would make it; longer lived than any clock here is wrong. */
export function signToken(secret: string, userId: number, role: 'admin' | null): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + LIFETIME_SECONDS;
  const claims = { sub: userId, exp, ...(role === null ? {} : { role }) };
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
