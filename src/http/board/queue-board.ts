import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import type { Queue } from 'bullmq';
import type { FastifyInstance } from 'fastify';
import type { Authentication } from '../auth/authentication.ts';
import { inModeration } from '../guards.ts';
import type { RateLimits } from '../limits.ts';
import { boardGuard } from './board-guard.ts';
import { styleHash } from './pages.ts';
import { signInRoutes } from './sign-in.ts';

const PATH = '/admin/queues';

/** /admin/queues: the board over every queue, for administrators. Whatever is done in it changes no figure. */
export async function queueBoard(
  app: FastifyInstance,
  queues: readonly Queue[],
  authentication: Authentication,
  limits: RateLimits,
): Promise<void> {
  await app.register(fastifyCookie);
  await app.register(async (signingIn) => {
    await signingIn.register(fastifyHelmet, pageHeaders([styleHash]));
    await signInRoutes(signingIn, {
      holderOf: authentication.holderOf,
      guard: inModeration(limits.ofAddress),
    });
  });
  await app.register(async (guarded) => {
    guarded.addHook('onRequest', boardGuard(authentication, limits));
    // The board answers its own errors; this is where they are told to us.
    guarded.addHook('onError', async (request, _reply, error) => {
      if (statusOf(error) === 500) request.log.error({ err: error }, 'The queue board could not answer');
    });
    // The board styles its elements as it draws them.
    await guarded.register(fastifyHelmet, pageHeaders(["'unsafe-inline'"]));
    await guarded.register(boardOver(queues).registerPlugin());
  });
}

function boardOver(queues: readonly Queue[]): FastifyAdapter {
  const adapter = new FastifyAdapter().setBasePath(PATH);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue)),
    serverAdapter: adapter,
    options: {
      uiConfig: {
        boardTitle: 'Queues',
        miscLinks: [{ text: 'Sign out', url: `${PATH}/sign-out` }],
      },
    },
  });
  // Its own handler would show the message of any error, whatever stands in it.
  return adapter.setErrorHandler((error) => ({
    status: statusOf(error),
    body: { error: { key: 'ERRORS.INTERNAL_SERVER_ERROR' } },
  }));
}

const statusOf = (error: Error & { readonly statusCode?: number }): 400 | 500 =>
  error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500 ? 400 : 500;

const pageHeaders = (styles: string[]) => ({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", ...styles],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  // Without it a browser would not even tell our own pages' origin.
  referrerPolicy: { policy: 'same-origin' } as const,
});
