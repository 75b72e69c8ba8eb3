/**
 * Where the alarms live: Redis in production, or PostgreSQL where there is no Redis. Several Redis URLs,
 * separated by commas, are the nodes of one cluster. The same code runs on both: `backend.ts` chooses.
 */
export type QueueSettings =
  { readonly kind: 'redis'; readonly url: string } | { readonly kind: 'postgres'; readonly url: string };
