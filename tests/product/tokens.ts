import { createHmac } from 'node:crypto';

export const SECRET = 'a secret of the tests, long enough for HS256';

/** A token of RFC 7519 with HS256, good for an hour, as the clinic's sign-in would make it. */
export function tokenFor(
  subject: number,
  claims: Readonly<Record<string, unknown>> = {},
  secret = SECRET,
): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: subject, exp, ...claims })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
