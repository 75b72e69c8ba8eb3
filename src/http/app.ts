import fastifyCookie from '@fastify/cookie';
import fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify';
import { throttle } from '../async/throttle.ts';
import type { AppOptions, ApiEngine, HttpMetrics } from './app-options.ts';
import { type Authentication, registerAuthentication } from './auth/authentication.ts';
import { createSignIns } from './auth/sign-ins.ts';
import { queueBoard } from './board/queue-board.ts';
import { CONSOLE_DIRECTORY, consolePages } from './console/pages.ts';
import { signInRoutes } from './console/sign-in.ts';
import { allowNoOrigin, allowOrigins } from './cors.ts';
import { demoRoutes } from './demo/demo-routes.ts';
import { documentationPages, registerOpenApi } from './documentation/openapi.ts';
import { answerError } from './error-handler.ts';
import { fail } from './errors.ts';
import { adminsOnly, byTokenOrCookie, logCaller, signedInOnly } from './guards.ts';
import { type CountUser, DEFAULT_LIMITS, limitHandlers, registerRateLimit } from './limits.ts';
import { registerLive } from './live/live-route.ts';
import { frontDoor } from './pages/front-door.ts';
import { checkForm } from './request-form.ts';
import { logAnswered } from './request-log.ts';
import { actionRoutes } from './routes/admin-actions.ts';
import { auditRoutes } from './routes/admin-audit.ts';
import { bookingRoutes } from './routes/admin-bookings.ts';
import { correctionRoutes } from './routes/admin-corrections.ts';
import { meRoute } from './routes/admin-me.ts';
import { nowRoutes } from './routes/admin-now.ts';
import { dayRoutes } from './routes/admin-days.ts';
import { ledgerRoutes } from './routes/admin-ledger-list.ts';
import { lookupRoutes } from './routes/admin-lookups.ts';
import { sessionListRoutes } from './routes/admin-session-list.ts';
import { adminSessionRoutes } from './routes/admin-sessions.ts';
import { eventRoutes } from './routes/events.ts';
import { messageRoutes } from './routes/messages.ts';
import { operationsRoutes } from './routes/operations.ts';
import { ownRoutes } from './routes/own.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { serverSettings } from './server-settings.ts';
import { closeConnectionsAtStop } from './stop.ts';
import { boundUnsentAnswers } from './unsent.ts';

/** An error that meets all followers is logged once in this time. */
const SAME_ERROR_MS = 10_000;

/**
 * The HTTP floor over an engine: every route, ready to listen. Closing it lets the requests under way finish;
 * it closes nothing that was passed to it.
 *
 * A route is added in the plugin of its subject in `routes/`, or in a new plugin there, which is registered below: in
 * `participantRoutes` or `adminRoutes` to stand behind their guards, beside `/api` to stand behind none.
 * @throws Error where the authentication settings are not safe.
 */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { engine, metrics, corsOrigins = [], demo = null } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const app = fastify(serverSettings(options, limits));
  app.server.maxConnections = limits.connections + limits.liveSockets;
  app.setErrorHandler(answerError);
  watch(app, metrics);
  checkForm(app);
  closeConnectionsAtStop(app, limits);
  boundUnsentAnswers(app, limits);
  limitHandlers(app, limits.handlerTimeoutMs);

  // Awaited, because what follows is made of what they add to the app.
  const countUser = await registerRateLimit(app, limits);
  const authentication = await registerAuthentication(app, options.authentication);
  app.setNotFoundHandler(async (_request, reply) => fail(reply, 'not_found'));

  await registerOpenApi(app);
  await app.register(documentationPages);
  await app.register(frontDoor, { hasDemo: demo !== null, corsOrigins });
  if (demo !== null)
    await app.register(demoRoutes, { prefix: '/demo', engine, queues: options.queues, ...demo });
  const closing = new AbortController();
  // Before the sockets are closed one after the other, so that requests that wait are answered at once.
  app.addHook('preClose', async () => closing.abort());
  await registerLive(app, {
    source: { hub: engine.hub, log: engine.events, status: engine.reads.anyStatus },
    authenticate: (request) => (token) => authentication.token(request, token),
    maxSockets: limits.liveSockets,
    drainMs: limits.liveDrainMs,
    stalledMs: limits.liveStalledMs,
    closing: closing.signal,
    onError: throttle(SAME_ERROR_MS, (error: unknown) =>
      app.log.warn({ err: error }, 'Followers could not be served; it is tried again'),
    ),
    onOpened: metrics.liveOpened,
    onClosed: metrics.liveClosed,
  });
  await app.register(operationsRoutes, { readiness: options.readiness, metrics });
  await app.register(
    async (api) => {
      await allowOrigins(api, corsOrigins);
      api.addHook('onRequest', signedInOnly(authentication.bearer, countUser));
      api.addHook('preHandler', logCaller);
      await api.register(ownRoutes, { engine });
      await api.register(participantRoutes, {
        prefix: '/text-appointments',
        engine,
        metrics,
        closing: closing.signal,
        stopping: options.stopping ?? closing.signal,
      });
    },
    { prefix: '/api' },
  );
  await registerAdministration(app, options, authentication, countUser);
  return app;
}

/** What administrators use: their routes, by token or by the console's cookie, and the console with the board. */
async function registerAdministration(
  app: FastifyInstance,
  { engine, queues, now, consoleDirectory: directory = CONSOLE_DIRECTORY }: AppOptions,
  authentication: Authentication,
  countUser: CountUser,
): Promise<void> {
  // Beside the routes for apps, not among them: no page of another origin calls these.
  allowNoOrigin(app, '/api/admin');
  const signIns = createSignIns(engine.signIns);
  const recognise = byTokenOrCookie(authentication.bearer, signIns.find);
  await app.register(
    async (api) => {
      await api.register(fastifyCookie);
      api.addHook('onRequest', signedInOnly(recognise, countUser));
      api.addHook('preHandler', logCaller);
      await api.register(adminRoutes, { engine, now });
    },
    { prefix: '/api/admin' },
  );
  await app.register(
    async (pages) => {
      await pages.register(fastifyCookie);
      await pages.register(signInRoutes, {
        recogniseToken: authentication.token,
        signIns,
        actions: engine.actions,
        countUser,
      });
      await pages.register(consolePages, { directory });
      await pages.register(queueBoard, {
        prefix: '/queues',
        queues,
        recognise,
        actions: engine.actions,
        countUser,
      });
    },
    { prefix: '/admin' },
  );
}

/** For the apps of patients and doctors. */
const participantRoutes: FastifyPluginAsync<{
  readonly engine: ApiEngine;
  readonly metrics: Pick<HttpMetrics, 'refusedClientDeduction'>;
  readonly closing: AbortSignal;
  readonly stopping: AbortSignal;
}> = async (participants, { engine, metrics: { refusedClientDeduction }, closing, stopping }) => {
  await participants.register(sessionRoutes, { engine, refusedClientDeduction });
  await participants.register(messageRoutes, { engine });
  await participants.register(eventRoutes, { engine, closing, stopping });
};

/** For the clinic's own system and its staff. The hook is the plugin's own, so no route in it can be without. */
const adminRoutes: FastifyPluginAsync<{
  readonly engine: ApiEngine;
  readonly now: AppOptions['now'];
}> = async (admins, { engine, now }) => {
  admins.addHook('onRequest', adminsOnly);
  await admins.register(bookingRoutes, { engine });
  await admins.register(adminSessionRoutes, { engine });
  await admins.register(sessionListRoutes, { engine });
  await admins.register(ledgerRoutes, { engine });
  await admins.register(correctionRoutes, { engine });
  await admins.register(lookupRoutes, { engine });
  await admins.register(dayRoutes, { engine });
  await admins.register(actionRoutes, { actions: engine.actions });
  await admins.register(auditRoutes, { auditor: engine.auditor, actions: engine.actions });
  await admins.register(meRoute);
  await admins.register(nowRoutes, { now });
  // The board is for browsers, which send no token by themselves: it lives outside the API.
  for (const url of ['/queues', '/queues/*'])
    admins.get(url, { schema: { hide: true } }, async (_request, reply) =>
      reply.redirect('/admin/queues/', 307),
    );
};

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
