import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Dependency } from '../src/ops/health.ts';
import type { Metrics } from '../src/ops/metrics.ts';

export interface ServedMetrics {
  readonly close: () => Promise<void>;
}

/** The worker's own metrics and health, for a monitor. It has no other route. Null = not served. */
export async function serveMetrics(options: {
  readonly host: string;
  readonly port: number | null;
  readonly metrics: Pick<Metrics, 'text' | 'contentType'>;
  readonly readiness: () => Promise<readonly Dependency[]>;
}): Promise<ServedMetrics> {
  const { host, port } = options;
  if (port === null) return { close: () => Promise.resolve() };
  const server = createServer((request, response) => {
    answer(request, response, options).catch(() => response.destroy());
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { metrics, readiness }: Parameters<typeof serveMetrics>[0],
): Promise<void> {
  switch (request.url) {
    case '/metrics':
      response.setHeader('content-type', metrics.contentType);
      response.end(await metrics.text());
      return;
    case '/health/live':
      response.writeHead(200).end('live\n');
      return;
    case '/health/ready': {
      const found = await readiness();
      const missing = found.filter(({ isReady }) => !isReady).map(({ name }) => name);
      const lines = found.flatMap(({ warnings = [] }) => warnings.map((text) => `warning: ${text}\n`));
      response.writeHead(missing.length === 0 ? 200 : 503);
      response.end(`${missing.length === 0 ? 'ready' : `missing: ${missing.join(', ')}`}\n${lines.join('')}`);
      return;
    }
    default:
      response.writeHead(404).end('there is /metrics, /health/live and /health/ready\n');
  }
}
