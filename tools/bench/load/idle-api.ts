import { sessionId } from '../../../src/billing/ids.ts';
import { instant } from '../../../src/billing/time.ts';
import { configOrExit } from '../../../src/config.ts';
import { createApp } from '../../../src/http/app.ts';
import { inProgress } from '../../../src/http/documentation/examples.ts';
import { createLogger } from '../../../src/ops/log.ts';
import { createApiMetrics } from '../../../src/ops/api-metrics.ts';
import { createMetrics } from '../../../src/ops/metrics.ts';
import type { Reads } from '../../../src/sessions/reads.ts';
import { untilStopped } from '../../../src/ops/shutdown.ts';

// The product's own HTTP floor over an engine that does nothing: same routes, same tokens, same schemas. What it
// can do is the most that any engine behind it could.
const config = configOrExit();
const stopped = untilStopped();
const shared = createMetrics(() => Promise.resolve({ active: 0, overdue: 0 }));
const metrics = { ...shared, ...createApiMetrics(shared.registry) };
const nothing = () => Promise.reject(new Error('this engine does nothing'));
const reads: Reads = {
  anyStatus: () => Promise.resolve(inProgress),
  status: () => Promise.resolve(inProgress),
  receipt: nothing,
  messages: nothing,
  appointments: nothing,
  balance: nothing,
  ownBalance: nothing,
  subscription: nothing,
  sessions: nothing,
  timeline: nothing,
  ledger: nothing,
  entry: nothing,
  appointment: nothing,
  find: nothing,
  days: nothing,
  history: nothing,
  now: nothing,
  correction: nothing,
};
const app = await createApp({
  engine: {
    execute: nothing,
    preview: nothing,
    recordActivity: () =>
      Promise.resolve({ kind: 'recorded', sessionId: sessionId(1), lastActivityAt: instant(Date.now()) }),
    reads,
    events: { after: nothing, marks: nothing },
    hub: { watch: () => () => {} },
    auditor: { audit: nothing, runs: nothing, acknowledge: nothing },
    signIns: { open: nothing, find: nothing, end: nothing },
    actions: { record: nothing, page: nothing, ofSession: nothing },
  },
  authentication: config.authentication,
  limits: { requestsPerMinute: config.requestsPerMinute },
  queues: [],
  readiness: () => Promise.resolve([]),
  now: nothing,
  metrics,
  logger: createLogger('idle api', config.logLevel),
});
await app.listen({ host: config.host, port: config.port });
await stopped;
await app.close();
