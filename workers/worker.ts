import { configOrExit } from '../src/config.ts';
import { createLogger } from '../src/ops/log.ts';
import { createReadiness } from '../src/ops/health.ts';
import { createInspectableQueues } from '../src/alarms/inspection.ts';
import { createWorkerMetrics } from '../src/ops/metrics.ts';
import { untilStopped } from '../src/ops/shutdown.ts';
import { openEngine } from '../src/engine.ts';
import { startNightlyAudit } from './nightly-audit.ts';
import { runWorker } from './run-worker.ts';
import { serveMetrics } from './serve-metrics.ts';

// The worker: one process of it, to be run in any number, next to any number of APIs.
const config = configOrExit();
const log = createLogger('worker', config.logLevel);
const stopped = untilStopped();
const engine = await openEngine(config, 'session-engine worker', log, 'elsewhere');
const inspection = await createInspectableQueues(engine.queue, engine.report);
const metrics = { ...engine.metrics, ...createWorkerMetrics(engine.metrics.registry) };
const worker = await runWorker({
  queue: engine.queue,
  settle: (sessionId) => engine.execute('settle', { sessionId }),
  settleOverdue: engine.settleOverdue,
  arm: engine.arm,
  deadlines: engine.deadlines,
  log,
  metrics: {
    onLook: metrics.look,
    onRound: metrics.sweepRound,
    onNotice: ({ kind }) => metrics.queueNotice(kind),
  },
  heartbeat: () => Promise.resolve(metrics.heartbeat()),
  concurrency: config.workerConcurrency,
});
const readiness = createReadiness(engine.pingDatabase, (timeoutMs) => inspection.ping(timeoutMs));
const nightly = startNightlyAudit({ night: engine.auditor.night, atHour: config.auditAtHour, log });
const served = await serveMetrics({ host: config.host, port: config.workerPort, metrics, readiness });
log.info('ready');
log.info({ signal: await stopped }, 'stopping: finishing the alarms in hand');
const [closed] = await Promise.all([worker.close(), nightly.close()]);
await served.close();
if (closed.kind === 'timed_out') {
  // Whatever is still in hand may keep this process alive for ever; another worker takes it.
  log.warn('Some alarms were still in hand; another worker takes them');
  process.exit(0);
}
await engine.close();
await inspection.close();
log.info('stopped');
