import type { FastifyRequest } from 'fastify';

/**
 * Whether a request that changes something was sent by one of our own pages. Browsers say so themselves
 * (Sec-Fetch-Site); older ones, and all of them on plain http, name at least the page's origin.
 */
export function isSameOrigin({ headers, host }: Pick<FastifyRequest, 'headers' | 'host'>): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin } = headers;
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}

export const changesNothing = ({ method }: Pick<FastifyRequest, 'method'>): boolean =>
  method === 'GET' || method === 'HEAD';
