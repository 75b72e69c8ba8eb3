/** Where the alarms live: Redis in production, or PostgreSQL where there is no Redis. */
export type QueueSettings =
  /** Several URLs, separated by commas, are the nodes of one cluster. */
  { readonly kind: 'redis'; readonly url: string } | { readonly kind: 'postgres'; readonly url: string };
