import type { FastifyInstance } from 'fastify';
import { adminToken } from '../tokens.ts';

export const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' };

export const signInWith = (token: string, headers: Readonly<Record<string, string>> = SAME_ORIGIN) =>
  ({ method: 'POST', url: '/admin/sign-in', headers, payload: { token } }) as const;

export const signOutWith = (headers: Readonly<Record<string, string>>) =>
  ({ method: 'POST', url: '/admin/sign-out', headers: { ...SAME_ORIGIN, ...headers } }) as const;

/** The headers of what somebody else's page makes a browser send. */
export const FOREIGN = [
  ['a foreign page', { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:80' }],
  ['a page of a sister domain', { 'sec-fetch-site': 'same-site' }],
  ['a foreign page in an old browser', { origin: 'https://evil.example' }],
  ['a page that hides where it is from', { origin: 'null' }],
] as const;

/** Signs an administrator in, and gives the header that a browser sends from then on. */
export async function signedIn(app: FastifyInstance): Promise<{ readonly cookie: string }> {
  const { cookies } = await app.inject(signInWith(adminToken()));
  return { cookie: `console=${cookies[0]?.value}` };
}
