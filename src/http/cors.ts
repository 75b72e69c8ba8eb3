import fastifyCors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

const PREFLIGHT_SECONDS = 600;

/**
 * Lets pages of these origins call the routes that are added to this scope afterwards. Without credentials: a token is in
 * a header, which no browser adds by itself. To be called before the guards of the scope, because a preflight carries no
 * token.
 */
export async function allowOrigins(scope: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await scope.register(fastifyCors, {
    origin: [...origins],
    credentials: false,
    methods: ['GET', 'HEAD', 'POST'],
    exposedHeaders: ['retry-after', 'x-request-id'],
    maxAge: PREFLIGHT_SECONDS,
    // What is no preflight is answered like one, and not by a text outside our envelope.
    strictPreflight: false,
  });
}

/** Keeps preflights below this path from the scope around it, whose wildcard would answer them. */
export function allowNoOrigin(app: FastifyInstance, path: string): void {
  for (const url of [path, `${path}/*`])
    app.options(url, { schema: { hide: true } }, (_request, reply) => reply.callNotFound());
}
