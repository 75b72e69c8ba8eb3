import type { FastifyRequest } from 'fastify';

type Asked = Pick<FastifyRequest, 'headers' | 'host'>;

/**
 * Whether a request was sent by one of our own pages. Browsers say so themselves (Sec-Fetch-Site); older ones, and all of
 * them on plain http, name at least the page's origin in requests that change something.
 */
export const isSameOrigin = (request: Asked): boolean => sentBy(request) === 'own page';

/** Whether it was sent by a page of another site. A program that is no browser says nothing. */
export const isForeign = (request: Asked): boolean => sentBy(request) === 'foreign page';

export const changesNothing = ({ method }: Pick<FastifyRequest, 'method'>): boolean =>
  method === 'GET' || method === 'HEAD';

function sentBy({ headers, host }: Asked): 'own page' | 'foreign page' | 'unknown' {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' ? 'own page' : 'foreign page';
  const { origin } = headers;
  if (origin === undefined) return 'unknown';
  return URL.canParse(origin) && new URL(origin).host === host ? 'own page' : 'foreign page';
}
