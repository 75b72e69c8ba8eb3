import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Dependency } from '../../ops/health.ts';
import type { AppOptions } from '../app-options.ts';
import { OPERATIONS } from '../documentation/openapi.ts';
import { failureSchema, success, successSchema } from '../envelope.ts';
import { fail, failureOf } from '../errors.ts';

const dependencies = Type.Array(
  Type.Object({
    name: Type.String(),
    is_ready: Type.Boolean(),
    warnings: Type.Array(Type.String({ description: 'What holds it up, such as a queue that is paused' })),
  }),
);

const shown = (found: readonly Dependency[]) =>
  found.map(({ name, isReady, warnings = [] }) => ({ name, is_ready: isReady, warnings: [...warnings] }));

const example = (isReady: boolean): readonly Dependency[] => [{ name: 'database', isReady, detail: null }];

const live = success('The process answers', {});
const ready = (found: readonly Dependency[]) =>
  success('Everything that is needed answers', { dependencies: shown(found) });
const notReady = (found: readonly Dependency[]) => ({
  data: {
    missing: found.filter(({ isReady }) => !isReady).map(({ name }) => name),
    dependencies: shown(found),
  },
});

/** Asked every few seconds by monitoring, so a good answer is not worth a line in the log. */
const UNLOGGED = { logLevel: 'warn' } as const;

const liveSchema = {
  operationId: 'live',
  tags: [OPERATIONS],
  summary: 'Whether the process answers',
  response: { 200: successSchema(Type.Object({}), live) },
};

const readySchema = {
  operationId: 'ready',
  tags: [OPERATIONS],
  summary: 'Whether everything that is needed answers',
  response: {
    200: successSchema(Type.Object({ dependencies }), ready(example(true))),
    503: Type.Object(failureSchema.properties, {
      description: 'The names of those that do not are in `data.missing`',
      examples: [failureOf('unavailable', notReady(example(false)))],
    }),
  },
};

const metricsSchema = {
  operationId: 'metrics',
  tags: [OPERATIONS],
  summary: 'Figures for Prometheus',
  description: 'Open to anyone who can reach the port: restrict it in the proxy in front.',
  response: {
    200: {
      description: 'In the text format of Prometheus',
      content: { 'text/plain': { schema: { type: 'string' } } },
    },
  },
};

/** Health and metrics, for monitoring. They stand outside /api: nobody signs in to ask. */
export const operationsRoutes: FastifyPluginAsyncTypebox<Pick<AppOptions, 'readiness' | 'metrics'>> = async (
  app,
  { readiness, metrics },
) => {
  app.get('/health/live', { schema: liveSchema, ...UNLOGGED }, async () => live);

  app.get('/health/ready', { schema: readySchema, ...UNLOGGED }, async (request, reply) => {
    const found = await readiness();
    const missing = found.filter(({ isReady }) => !isReady);
    if (missing.length === 0) return ready(found);
    request.log.warn({ missing }, 'Not ready: something that is needed does not answer');
    return fail(reply, 'unavailable', notReady(found));
  });

  app.get('/metrics', { schema: metricsSchema, ...UNLOGGED }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
};
