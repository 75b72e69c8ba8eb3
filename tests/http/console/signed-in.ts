import type { FastifyInstance } from 'fastify';
import { adminToken } from '../tokens.ts';

export const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' };

export const signInWith = (token: string, headers: Readonly<Record<string, string>> = SAME_ORIGIN) =>
  ({ method: 'POST', url: '/admin/sign-in', headers, payload: { token } }) as const;

/** Signs an administrator in, and gives the header that a browser sends from then on. */
export async function signedIn(app: FastifyInstance): Promise<{ readonly cookie: string }> {
  const { cookies } = await app.inject(signInWith(adminToken()));
  return { cookie: `console=${cookies[0]?.value}` };
}
