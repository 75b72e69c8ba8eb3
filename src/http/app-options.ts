import type { Queue } from 'bullmq';
import type { FastifyBaseLogger, FastifyServerOptions } from 'fastify';
import type { AuditRequest } from '../audit/audit.ts';
import type { AuditRun } from '../audit/audit-runs.ts';
import type { BriefAudit } from '../audit/brief-audit.ts';
import type { Dependency } from '../ops/health.ts';
import type { ActivityLane } from '../sessions/activity-lane.ts';
import type { Executor } from '../sessions/executor.ts';
import type { Reads } from '../sessions/reads.ts';
import type { AuthenticationSettings } from './auth/settings.ts';

export interface AppOptions {
  readonly engine: Engine;
  readonly authentication: AuthenticationSettings;
  /** Each has a default: see DEFAULT_LIMITS. */
  readonly limits?: Partial<HttpLimits>;
  /** Whose X-Forwarded-* headers are believed; by default nobody's. */
  readonly trustProxy?: NonNullable<FastifyServerOptions['trustProxy']>;
  /** What the board shows. */
  readonly queues: readonly Queue[];
  /** Asked by GET /health/ready. */
  readonly readiness: () => Promise<readonly Dependency[]>;
  readonly metrics: HttpMetrics;
  /** To be made with `logFormat`, which keeps secrets out of it. */
  readonly logger: FastifyBaseLogger;
}

export interface Engine {
  readonly execute: Executor['execute'];
  readonly recordActivity: ActivityLane['recordActivity'];
  readonly reads: Reads;
  readonly auditor: Auditor;
}

export interface Auditor {
  /** Bounded in what it looks at and in time. */
  readonly audit: (request: AuditRequest) => Promise<BriefAudit>;
  /** The last nights, the youngest first. */
  readonly runs: (limit: number) => Promise<readonly AuditRun[]>;
}

export interface HttpMetrics {
  /** What GET /metrics answers. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
  /** An old app asked for a deduction and none was made. */
  readonly refusedClientDeduction: () => void;
  /** One request was answered. May not throw. */
  readonly answered: (request: AnsweredRequest) => void;
}

export interface AnsweredRequest {
  readonly method: string;
  /** The route's pattern, never the path itself; null where no route fits. */
  readonly route: string | null;
  readonly statusCode: number;
  readonly durationMs: number;
}

export interface HttpLimits {
  /** The largest body. The longest message needs 48 KiB if the app escapes every character. */
  readonly bodyBytes: number;
  /** Of one user, in one process. */
  readonly requestsPerMinute: number;
  /** Of one address without a valid token, in one process. Who has a valid token is never counted here. */
  readonly anonymousRequestsPerMinute: number;
  /** After that an answer is given up; what was begun may still be finished. Two busy routes are bounded by the engine. */
  readonly handlerTimeoutMs: number;
  /** In which a whole request has to arrive. */
  readonly requestTimeoutMs: number;
  /** Longer than a proxy in front keeps its connections, or it would send into one that is just being closed. */
  readonly keepAliveTimeoutMs: number;
  readonly connections: number;
}

export const DEFAULT_LIMITS: HttpLimits = {
  bodyBytes: 64 * 1024,
  requestsPerMinute: 600,
  anonymousRequestsPerMinute: 300,
  handlerTimeoutMs: 10_000,
  requestTimeoutMs: 15_000,
  keepAliveTimeoutMs: 72_000,
  connections: 10_000,
};
