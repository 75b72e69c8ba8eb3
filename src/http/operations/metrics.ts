import type { Api } from '../api.ts';
import type { HttpMetrics } from '../app-options.ts';
import { OPERATIONS } from '../documentation/openapi.ts';

const schema = {
  operationId: 'metrics',
  tags: [OPERATIONS],
  summary: 'Figures for Prometheus',
  description: 'Open to whoever can reach the port: let the proxy in front keep it to yourselves.',
  response: {
    200: {
      description: 'In the text format of Prometheus',
      content: { 'text/plain': { schema: { type: 'string' } } },
    },
  },
};

export function metrics(api: Api, { text, contentType }: Pick<HttpMetrics, 'text' | 'contentType'>): void {
  api.get('/metrics', { schema, logLevel: 'warn' }, async (_request, reply) =>
    reply.type(contentType).send(await text()),
  );
}
