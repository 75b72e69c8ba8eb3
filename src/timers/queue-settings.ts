/** Where the alarms live: Redis in production, or PostgreSQL where there is no Redis. `choose-backend.ts` chooses. */
export type QueueSettings =
  | {
      readonly kind: 'redis';
      /** Several, separated by commas, are the nodes of one cluster. */
      readonly url: string;
      /** Over how many shards the alarms are spread, 1 to 256. @default 1 */
      readonly shards?: number;
    }
  | { readonly kind: 'postgres'; readonly url: string };
