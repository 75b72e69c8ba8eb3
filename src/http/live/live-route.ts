import fastifyWebsocket from '@fastify/websocket';
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify';
import { sleep } from '../../async/sleep.ts';
import type { UserId } from '../../billing/ids.ts';
import { fail } from '../errors.ts';
import { type Authenticate, type Connection, cutSoon, openConnection } from './connection.ts';
import type { LiveSource } from './follows.ts';
import { MAX_FRAME_BYTES } from './frames.ts';

export interface LiveOptions {
  readonly source: LiveSource;
  readonly authenticate: (request: FastifyRequest) => Authenticate;
  /** Sockets in this process. */
  readonly maxSockets: number;
  /** Over which a stop closes them. */
  readonly drainMs: number;
  readonly stalledMs: number;
  /** From its abort on no socket is opened. */
  readonly closing: AbortSignal;
  readonly onError: (error: unknown) => void;
  readonly onOpened: () => void;
  readonly onClosed: (code: number) => void;
}

const MAX_UNKNOWN_SOCKETS = 1_000;
const MAX_SOCKETS_OF_USER = 10;
const CHECK_EVERY_MS = 1_000;
const RETRY_AFTER_SECONDS = 5;
/** After a stop the clients come back spread over this time. */
const COME_BACK_WITHIN_MS = 2_000;

/**
 * `GET /api/live`: one socket a user, many appointments. It stands outside the guards of `/api`: the token comes in the
 * first frame, so it is in no URL and no log; headers and cookies are not read.
 */
export async function registerLive(app: FastifyInstance, options: LiveOptions): Promise<void> {
  const connections = new Set<Connection>();
  await app.register(fastifyWebsocket, {
    // Pings and pongs are frames, too: they are answered, counted and bounded as all others.
    options: { perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES, autoPong: false },
    // A connection that breaks is nothing to log: the close that follows is counted.
    errorHandler: (_error, socket) => cutSoon(socket),
    preClose: async () => {
      clearInterval(checking);
      await drain(connections, options.drainMs);
    },
  });
  const checking = setInterval(() => {
    for (const connection of connections) connection.check();
  }, CHECK_EVERY_MS);
  await app.register(liveRoute, { ...options, connections });
}

const liveRoute: FastifyPluginAsync<LiveOptions & { readonly connections: Set<Connection> }> = async (
  app,
  { connections, source, authenticate, maxSockets, stalledMs, closing, onError, onOpened, onClosed },
) => {
  /** Those that have not said hello yet, the oldest first. */
  const unknown = new Set<Connection>();
  const socketsOf = new Map<UserId, number>();

  app.route({
    method: 'GET',
    url: '/api/live',
    schema: { hide: true },
    preValidation: async (request, reply) => {
      if (request.ws && connections.size >= maxSockets)
        return reply.send(fail(reply, 'unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS }));
      return undefined;
    },
    handler: async (request, reply) => {
      // Once the server stops, a request for a socket comes here like any other.
      if (closing.aborted && request.headers.upgrade !== undefined)
        return fail(reply, 'unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS });
      reply.header('upgrade', 'websocket');
      return fail(reply, 'upgrade_required');
    },
    wsHandler: (socket, request) => {
      const connection = openConnection({
        socket,
        source,
        stalledMs,
        authenticate: authenticate(request),
        admit: (userId) => {
          unknown.delete(connection);
          const sockets = (socketsOf.get(userId) ?? 0) + 1;
          socketsOf.set(userId, sockets);
          return sockets <= MAX_SOCKETS_OF_USER;
        },
        onError,
      });
      connections.add(connection);
      unknown.add(connection);
      onOpened();
      socket.on('close', (code) => {
        connections.delete(connection);
        unknown.delete(connection);
        forget(socketsOf, connection.userId());
        onClosed(connection.closedWith() ?? code);
      });
      // Sockets without a hello must not keep out those of real clients: the oldest is closed.
      const [oldest] = unknown;
      if (oldest === undefined || unknown.size <= MAX_UNKNOWN_SOCKETS) return;
      unknown.delete(oldest);
      oldest.close('hello_timeout');
    },
  });
};

function forget(socketsOf: Map<UserId, number>, userId: UserId | null): void {
  if (userId === null) return;
  const sockets = (socketsOf.get(userId) ?? 1) - 1;
  if (sockets === 0) socketsOf.delete(userId);
  else socketsOf.set(userId, sockets);
}

/** Spread evenly, so that the clients do not all come to another process in the same moment. */
async function drain(connections: ReadonlySet<Connection>, drainMs: number): Promise<void> {
  const open = [...connections];
  const startedAtMs = performance.now();
  for (const [index, connection] of open.entries()) {
    const waitMs = (index / open.length) * drainMs - (performance.now() - startedAtMs);
    if (waitMs > 1) await sleep(waitMs);
    connection.close('going_away', Math.round(Math.random() * COME_BACK_WITHIN_MS));
  }
}
