import { createBullBoard } from '@bull-board/api';
import { FastifyAdapter } from '@bull-board/fastify';
import fastifyHelmet from '@fastify/helmet';
import type { Queue } from 'bullmq';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from '../../ops/log.ts';
import type { AdminActions } from '../../sessions/admin-actions.ts';
import type { Recognise } from '../auth/authentication.ts';
import { changesNothing } from '../auth/same-origin.ts';
import { answerError } from '../error-handler.ts';
import { fail } from '../errors.ts';
import { admit, type Guard, isForged } from '../guards.ts';
import type { CountUser } from '../limits.ts';
import { pageHeaders } from '../pages/page-headers.ts';
import { recordAction } from '../record-action.ts';
import { logWith } from '../request-log.ts';
import { boardActOf } from './board-act.ts';
import { QueueAdapter } from './queue-adapter.ts';

const PATH = '/admin/queues';

/** The board has no option for a visible link of ours, so the link is added to its page. */
const WAY_BACK =
  '<a href="/admin/now" style="position:fixed;left:1rem;bottom:3rem;z-index:10000;padding:.4rem .7rem;border-radius:.5rem;' +
  'background:#3a4fd8;color:#fff;font:600 14px system-ui,sans-serif;text-decoration:none">Back to the console</a>';

/**
 * /admin/queues: the board over every queue, for administrators. Nothing that is done there changes a unit or a balance.
 * @param recognise by the console's cookie, or by a token
 */
export const queueBoard: FastifyPluginAsync<{
  readonly queues: readonly Queue[];
  readonly recognise: Recognise;
  readonly actions: AdminActions;
  readonly countUser: CountUser;
}> = async (app, { queues, recognise, actions, countUser }) => {
  // Where people signed in before there was a console.
  app.get('/sign-in', async (_request, reply) => reply.redirect(signInPath(`${PATH}/`), 303));
  await app.register(async (guarded) => {
    const guard = boardGuard(recognise, actions, countUser);
    guarded.addHook('onRequest', (request, reply) =>
      guard(request, reply).catch((error: unknown) => {
        answerError(error, request, reply);
        return reply;
      }),
    );
    guarded.addHook('onSend', async (_request, reply, payload) =>
      typeof payload === 'string' && isPage(reply)
        ? payload.replace('</body>', `${WAY_BACK}</body>`)
        : payload,
    );
    // The board answers its own errors, and none of the guard's; this hook logs them.
    guarded.addHook('onError', async (request, _reply, error) => {
      if (statusOf(error) === 500) request.log.error({ err: error }, 'The queue board could not answer');
    });
    // The board styles its elements as it draws them.
    await guarded.register(fastifyHelmet, pageHeaders("'unsafe-inline'"));
    await guarded.register(boardOver(queues).registerPlugin());
  });
};

/**
 * Lets administrators through to the board, its data and its files, and nobody else. A browser comes with the
 * cookie; what it changes has to come from the board's own pages. A program comes with a bearer token. What an
 * administrator does is recorded before it is done, and also where it is then refused; where it cannot be recorded, it is
 * not done: without a database no job could do its work either.
 */
function boardGuard(recognise: Recognise, actions: AdminActions, countUser: CountUser): Guard {
  return async (request, reply) => {
    // No name of a queue or job contains NUL, and PostgreSQL refuses it in a query.
    if (request.url.includes('%00')) return reply.send(fail(reply, 'not_found'));
    const caller = await recognise(request);
    if (caller === null) return turnAway(request, reply);
    logWith(request, { user_id: caller.userId });
    // Before it is done, and also where it is refused. The path names the queue, the job and the act.
    if (!changesNothing(request))
      request.log.warn(
        { user_id: caller.userId, method: request.method, path: pathOf(request.url) },
        'A change on the queue board was requested',
      );
    if (!caller.isAdmin) return reply.send(fail(reply, 'forbidden'));
    request.user = caller;
    if (!changesNothing(request)) await recordAct(actions, request);
    if (isForged(caller, request)) return reply.send(fail(reply, 'forbidden'));
    return admit(caller, request, reply, countUser);
  };
}

function recordAct(actions: AdminActions, request: FastifyRequest): Promise<void> {
  const { action, to } = boardActOf(pathOf(request.url).slice(PATH.length + 1));
  return recordAction(actions, request, { action, targetKind: 'queue', after: to });
}

const turnAway = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  isNavigation(request)
    ? reply.redirect(signInPath(request.url), 303)
    : reply.send(fail(reply, 'unauthenticated'));

const signInPath = (next: string): string => `/admin/sign-in?next=${encodeURIComponent(next)}`;

const isPage = (reply: FastifyReply): boolean =>
  String(reply.getHeader('content-type')).startsWith('text/html');

const isNavigation = ({ method, headers }: FastifyRequest): boolean =>
  method === 'GET' && (headers.accept ?? '').includes('text/html');

function boardOver(queues: readonly Queue[]): FastifyAdapter {
  const adapter = new FastifyAdapter().setBasePath(PATH);
  createBullBoard({
    queues: queues.map((queue) => new QueueAdapter(queue)),
    serverAdapter: adapter,
    options: {
      uiConfig: {
        boardTitle: 'Queues',
      },
    },
  });
  // Its own handler would show the message of any error.
  return adapter.setErrorHandler((error) => ({
    status: statusOf(error),
    body: { error: { key: 'ERRORS.INTERNAL_SERVER_ERROR' } },
  }));
}

const statusOf = (error: Error & { readonly statusCode?: number }): 400 | 500 =>
  error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500 ? 400 : 500;
