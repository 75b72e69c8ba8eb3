import { createHmac } from 'node:crypto';

export interface DemoCaller {
  readonly userId: number;
  readonly role?: 'admin';
}

export interface TokenSettings {
  readonly secret: string;
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
}

const LIFETIME_SECONDS = 12 * 3600;

/** A JSON Web Token (HS256) that the API accepts for the next 12 hours. `nowMs`: since 1970. */
export function signDemoToken(caller: DemoCaller, settings: TokenSettings, nowMs: number): string {
  const issuedAt = Math.floor(nowMs / 1000);
  const claims = {
    sub: String(caller.userId),
    role: caller.role,
    iss: settings.issuer,
    aud: settings.audience,
    iat: issuedAt,
    exp: issuedAt + LIFETIME_SECONDS,
  };
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${body}.${createHmac('sha256', settings.secret).update(body).digest('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
