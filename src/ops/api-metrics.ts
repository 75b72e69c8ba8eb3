import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { FAST } from './metrics.ts';

/** What an API alone exports. */
export interface ApiMetrics {
  /** One request was answered. May not throw. */
  readonly answered: (request: AnsweredRequest) => void;
  /** An old app asked for units to be taken; none were. */
  readonly refusedClientDeduction: () => void;
  /** A socket of /api/live was opened, and closed with this code. */
  readonly liveOpened: () => void;
  readonly liveClosed: (code: number) => void;
}

export interface AnsweredRequest {
  readonly method: string;
  /** The route's pattern, never the path itself; null where no route fits. */
  readonly route: string | null;
  readonly statusCode: number;
  readonly durationMs: number;
}

export function createApiMetrics(registry: Registry): ApiMetrics {
  const registers = [registry];
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Requests by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: FAST,
    registers,
  });
  const sockets = new Gauge({
    name: 'live_sockets',
    help: 'Sockets of /api/live that are open.',
    registers,
  });
  const socketsClosed = new Counter({
    name: 'live_sockets_closed_total',
    help: 'Sockets of /api/live that were closed, by the code of the close.',
    labelNames: ['code'],
    registers,
  });
  const refused = new Counter({
    name: 'refused_client_deductions_total',
    help: 'Calls to process-deduction, all of which deduct nothing.',
    registers,
  });
  return {
    answered: ({ method, route, statusCode, durationMs }) =>
      requests.observe({ method, route: route ?? 'none', status: statusCode }, durationMs / 1000),
    refusedClientDeduction: () => refused.inc(),
    liveOpened: () => sockets.inc(),
    liveClosed: (code) => {
      sockets.dec();
      socketsClosed.inc({ code });
    },
  };
}
