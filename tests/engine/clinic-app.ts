import type { FastifyInstance } from 'fastify';
import { createAuditing } from '../../src/engine.ts';
import { createApp } from '../../src/http/app.ts';
import type { ApiEngine, AppOptions, HttpMetrics } from '../../src/http/app-options.ts';
import { createLogger } from '../../src/ops/log.ts';
import { BY_SECRET } from '../http/open-app.ts';
import type { Process } from './clinic.ts';

interface Instead {
  readonly hub?: ApiEngine['hub'];
  readonly metrics?: Partial<HttpMetrics>;
  readonly limits?: AppOptions['limits'];
  readonly stopping?: AbortSignal;
}

/** The product's HTTP floor over the engine of a test's clinic, without a queue. */
export const openClinicApp = (
  { database, execute, preview, recordActivity, reads }: Process,
  { hub = { watch: () => () => {} }, metrics = {}, limits = {}, stopping }: Instead = {},
): Promise<FastifyInstance> =>
  createApp({
    engine: {
      execute,
      preview,
      recordActivity,
      reads,
      auditor: createAuditing(database.audit),
      events: database.events,
      hub,
      signIns: database.signIns,
      actions: database.actions,
    },
    authentication: BY_SECRET,
    limits,
    queues: [],
    ...(stopping === undefined ? {} : { stopping }),
    readiness: () => Promise.resolve([]),
    now: () => Promise.reject(new Error('none')),
    metrics: {
      text: () => Promise.resolve(''),
      contentType: 'text/plain',
      refusedClientDeduction: () => {},
      answered: () => {},
      liveOpened: () => {},
      liveClosed: () => {},
      ...metrics,
    },
    logger: createLogger('test', 'silent'),
  });
