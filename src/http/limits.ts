import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { callerOf } from './auth/caller.ts';

export interface HttpLimits {
  /** The largest body. The longest message needs 48 KiB if the app escapes every character. */
  readonly bodyBytes: number;
  /** Of one user, in one process. */
  readonly requestsPerMinute: number;
  /** After that an answer is given up; what was begun may still be finished. */
  readonly handlerTimeoutMs: number;
  /** In which a whole request has to arrive. */
  readonly requestTimeoutMs: number;
  /** Longer than a proxy in front keeps its connections, or it would send into one that is just being closed. */
  readonly keepAliveTimeoutMs: number;
  readonly connections: number;
  /** A connection is cut after this time without a byte in either direction while an answer is made or sent. */
  readonly answerTimeoutMs: number;
  /** Of answers that the client does not read, for one user, or for one address without a token. */
  readonly unsentBytesOfCaller: number;
  /** The same for all clients together. */
  readonly unsentBytes: number;
  /** After that a stop cuts what is still under way. Below the 30 s that Kubernetes gives a process to end. */
  readonly stopTimeoutMs: number;
  /** Sockets of /api/live. They are counted apart from `connections`. */
  readonly liveSockets: number;
  /** Over which a stop closes them. */
  readonly liveDrainMs: number;
  /** A socket that reads nothing of what waits for it, and sends nothing, is closed after that. */
  readonly liveStalledMs: number;
}

export const DEFAULT_LIMITS: HttpLimits = {
  bodyBytes: 64 * 1024,
  requestsPerMinute: 600,
  handlerTimeoutMs: 10_000,
  requestTimeoutMs: 15_000,
  keepAliveTimeoutMs: 72_000,
  connections: 10_000,
  answerTimeoutMs: 30_000,
  unsentBytesOfCaller: 2 * 1024 * 1024,
  unsentBytes: 32 * 1024 * 1024,
  stopTimeoutMs: 20_000,
  liveSockets: 10_000,
  liveDrainMs: 5_000,
  liveStalledMs: 30_000,
};

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * The engine itself bounds how long the route takes, by a limit a batch. For the routes that apps call all the
     * time: a timer, and a signal that nobody listens to, cost a tenth of what such a request costs in all.
     */
    readonly isBoundedByEngine?: boolean;
    /**
     * Pages of the console ask for it all the time, and its answer is made once a second for all of them: a person is not
     * counted, who may have it open many times.
     */
    readonly isPolledByPages?: boolean;
  }
}

/** After that an answer is given up with 503; what was begun may still be finished. To be called before any route is added. */
export function limitHandlers(app: FastifyInstance, handlerTimeoutMs: number): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.isBoundedByEngine !== true) route.handlerTimeout ??= handlerTimeoutMs;
  });
}

const WINDOW_MS = 60_000;
/** Beyond this number the least recently seen user is forgotten. */
const REMEMBERED_USERS = 50_000;

/** Counts one request of its user. Null = go on; else the seconds after which the user may come again. */
export type CountUser = (request: FastifyRequest) => Promise<number | null>;

/** Counts in this process alone: behind several processes each user has this many times the limit. */
export async function registerRateLimit(
  app: FastifyInstance,
  { requestsPerMinute }: Pick<HttpLimits, 'requestsPerMinute'>,
): Promise<CountUser> {
  await app.register(fastifyRateLimit, { global: false, timeWindow: WINDOW_MS, cache: REMEMBERED_USERS });
  const limiter = app.createRateLimit({
    max: requestsPerMinute,
    keyGenerator: (request) => callerOf(request).userId,
  });
  return async (request) => {
    const use = await limiter(request);
    return use.isAllowed || !use.isExceeded ? null : Math.max(1, use.ttlInSeconds);
  };
}
