import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyInstance } from 'fastify';
import { registerAuthentication } from './auth/authentication.ts';
import { adminRoutes } from './admin/routes.ts';
import type { Api } from './api.ts';
import { type AppOptions, DEFAULT_LIMITS, type HttpMetrics } from './app-options.ts';
import { registerOpenApi } from './documentation/openapi.ts';
import { documentationPages } from './documentation/ui.ts';
import { answerError } from './error-handler.ts';
import { fail } from './errors.ts';
import { inModeration, signedInOnly } from './guards.ts';
import { health } from './routes/operations.ts';
import { metrics } from './operations/metrics.ts';
import { queueBoard } from './board/queue-board.ts';
import { registerRateLimits } from './limits.ts';
import { logAnswered } from './request-log.ts';
import { serverSettings } from './server-settings.ts';
import { textAppointmentRoutes } from './text-appointments/routes.ts';

/**
 * The HTTP floor over an engine: every route, ready to listen. Closing it lets the requests under way finish;
 * it closes nothing that was passed to it.
 * @throws Error where the authentication settings would let in anybody.
 */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { engine } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const app = fastify(serverSettings(options, limits));
  app.server.maxConnections = limits.connections;
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler(answerError);
  watch(app, options.metrics);
  limitHandlers(app, limits.handlerTimeoutMs);

  const rates = await registerRateLimits(app, limits);
  const authentication = await registerAuthentication(app, options.authentication);
  const moderately = inModeration(rates.ofAddress);
  app.setNotFoundHandler({ preHandler: moderately }, async (_request, reply) => fail(reply, 'not_found'));

  await registerOpenApi(app);
  await app.register((pages) => documentationPages(pages, moderately));
  const root = typed(app);
  health(root, options.readiness);
  metrics(root, options.metrics);
  await app.register(
    async (api) => {
      api.addHook('onRequest', signedInOnly(authentication.bearer, rates));
      await api.register(async (participants) =>
        textAppointmentRoutes(typed(participants), engine, options.metrics.refusedClientDeduction),
      );
      await api.register(async (admins) => adminRoutes(typed(admins), engine), { prefix: '/admin' });
    },
    { prefix: '/api' },
  );
  await app.register((board) => queueBoard(board, options.queues, authentication, rates), {
    prefix: '/admin/queues',
  });
  await app.ready();
  return app;
}

const typed = (app: FastifyInstance): Api => app.withTypeProvider<TypeBoxTypeProvider>();

/**
 * The routes that apps call all the time. The engine itself bounds how long they take, by a limit a batch; a timer,
 * and a signal that nobody listens to, for each request cost a tenth of what such a route costs in all.
 */
const BOUNDED_BY_THE_ENGINE = new Set([
  '/api/text-appointments/update-activity',
  '/api/text-appointments/:appointment_id/session-status',
]);

/** After that an answer is given up with 503; what was begun may still be finished. */
function limitHandlers(app: FastifyInstance, handlerTimeoutMs: number): void {
  app.addHook('onRoute', (route) => {
    if (!BOUNDED_BY_THE_ENGINE.has(route.url)) route.handlerTimeout ??= handlerTimeoutMs;
  });
}

/** What every request has in common: its id in the answer, one line in the log, one observation. */
function watch(app: FastifyInstance, { answered }: Pick<HttpMetrics, 'answered'>): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('cache-control', 'no-store');
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { statusCode, elapsedTime: durationMs } = reply;
    logAnswered(request, statusCode, durationMs);
    answered({
      method: request.method,
      route: request.is404 ? null : (request.routeOptions.url ?? null),
      statusCode,
      durationMs,
    });
    done();
  });
}
