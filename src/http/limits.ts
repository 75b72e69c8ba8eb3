import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { callerOf } from './auth/caller.ts';
import type { HttpLimits } from './app-options.ts';

const WINDOW_MS = 60_000;
/** Beyond that many the least recently seen is forgotten. */
const REMEMBERED_USERS = 50_000;

/** Counts one request. Null = go on; else the seconds after which the caller may come again. */
export type Count = (request: FastifyRequest) => Promise<number | null>;

export interface RateLimits {
  readonly ofUser: Count;
  /** By address, for requests that show no valid token. */
  readonly ofAddress: Count;
}

/** Both count in this process alone: behind several processes each user has that many times the limit. */
export async function registerRateLimits(
  app: FastifyInstance,
  limits: Pick<HttpLimits, 'requestsPerMinute' | 'anonymousRequestsPerMinute'>,
): Promise<RateLimits> {
  await app.register(fastifyRateLimit, { global: false, timeWindow: WINDOW_MS, cache: REMEMBERED_USERS });
  const user = app.createRateLimit({
    max: limits.requestsPerMinute,
    keyGenerator: (request) => callerOf(request).userId,
  });
  const address = app.createRateLimit({ max: limits.anonymousRequestsPerMinute });
  return { ofUser: secondsToWait(user), ofAddress: secondsToWait(address) };
}

function secondsToWait(limiter: ReturnType<FastifyInstance['createRateLimit']>): Count {
  return async (request) => {
    const use = await limiter(request);
    return use.isAllowed || !use.isExceeded ? null : Math.max(1, use.ttlInSeconds);
  };
}
