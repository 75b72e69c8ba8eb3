import type { Api } from '../api.ts';

/** The board is a place for browsers, which send no token by themselves: it lives outside the API. */
export function wayToQueues(api: Api): void {
  for (const url of ['/queues', '/queues/*'])
    api.get(url, { schema: { hide: true } }, async (_request, reply) =>
      reply.redirect('/admin/queues/', 307),
    );
}
