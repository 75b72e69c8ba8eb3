import type { Queue } from 'bullmq';
import type { FastifyBaseLogger } from 'fastify';
import type { AuditRequest } from '../audit/audit.ts';
import type { AuditRun, AuditRuns } from '../audit/nightly.ts';
import type { OnDemandAudit } from '../audit/on-demand.ts';
import type { UserId } from '../billing/ids.ts';
import type { ApiMetrics } from '../ops/api-metrics.ts';
import type { Dependency } from '../ops/health.ts';
import type { AdminActions } from '../sessions/admin-actions.ts';
import type { FastPath } from '../sessions/fast-path.ts';
import type { Hub } from '../live/hub.ts';
import type { EventLog } from '../sessions/feed.ts';
import type { Executor } from '../sessions/executor.ts';
import type { Preview } from '../sessions/preview.ts';
import type { Reads } from '../sessions/reads.ts';
import type { Now } from '../watch/now.ts';
import type { AuthenticationSettings } from './auth/settings.ts';
import type { SignInStore } from './auth/sign-ins.ts';
import type { HttpLimits } from './limits.ts';

export interface AppOptions {
  readonly engine: ApiEngine;
  readonly authentication: AuthenticationSettings;
  /** Each has a default: see DEFAULT_LIMITS. */
  readonly limits?: Partial<HttpLimits>;
  /** Whose X-Forwarded-* headers are believed: the number of proxies in front, or their networks. @default false */
  readonly trustProxy?: number | string[] | false;
  /** Whose pages may call the routes for apps; `*`: all. @default none */
  readonly corsOrigins?: readonly string[];
  /** What the board shows. */
  readonly queues: readonly Queue[];
  /** Aborted when the process is to stop, before the app is closed: requests that wait are answered. */
  readonly stopping?: AbortSignal;
  /** Asked by GET /health/ready. */
  readonly readiness: () => Promise<readonly Dependency[]>;
  /** What GET /api/admin/now answers. Never rejects. */
  readonly now: () => Promise<Now>;
  readonly metrics: HttpMetrics;
  /** Where the console lies as it was built. @default web/dist */
  readonly consoleDirectory?: string;
  /** Where `npm start` runs this process with its demo. @default null: there is no /demo */
  readonly demo?: Demo | null;
  /** Made by `createLogger`, or with its `LOG_FORMAT`, which keeps secrets out of it. */
  readonly logger: FastifyBaseLogger;
}

/** What the demo needs of the process around it. */
export interface Demo {
  /** An access token of this user, without any role, for some minutes. */
  readonly signToken: (userId: UserId) => string;
  readonly worker: {
    readonly isOn: () => boolean;
    readonly set: (isOn: boolean) => Promise<void>;
  };
}

/** What the API needs of the engine. */
export interface ApiEngine {
  readonly execute: Executor['execute'];
  readonly preview: Preview;
  readonly recordActivity: FastPath['recordActivity'];
  readonly reads: Reads;
  readonly auditor: Auditor;
  readonly events: EventLog;
  readonly hub: Pick<Hub, 'watch'>;
  readonly signIns: SignInStore;
  readonly actions: AdminActions;
}

export interface Auditor {
  /** Bounded in the number of sessions and in time. */
  readonly audit: (request: AuditRequest) => Promise<OnDemandAudit>;
  /** The last nights, the youngest first. */
  readonly runs: (limit: number) => Promise<readonly AuditRun[]>;
  /** The first acknowledgement of a night also records who did it. */
  readonly acknowledge: AuditRuns['acknowledge'];
}

export interface HttpMetrics extends ApiMetrics {
  /** What GET /metrics answers. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
}
