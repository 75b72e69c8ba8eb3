import { createInspectableQueues } from '../src/alarms/board.ts';
import { configOrExit, settingsWithoutEffect } from '../src/config.ts';
import { openEngine } from '../src/engine.ts';
import { createReadiness } from '../src/ops/health.ts';
import { addQueueMetrics } from '../src/ops/queue-metrics.ts';
import { createWorkerMetrics } from '../src/ops/worker-metrics.ts';
import { createLogger } from '../src/ops/log.ts';
import { orExit } from '../src/ops/or-exit.ts';
import { untilStopped } from '../src/ops/shutdown.ts';
import { startHeartbeat } from '../src/watch/heartbeat.ts';
import { startPresence } from '../src/watch/presence.ts';
import { createNightlyAudit } from './nightly-audit.ts';
import { runWorker } from './run-worker.ts';
import { serveMetrics } from './serve-metrics.ts';

// The worker: one process of it, to be run in any number, next to any number of APIs.
const config = configOrExit();
const log = createLogger('worker', config.logLevel);
for (const notice of settingsWithoutEffect()) log.warn(notice);
const stopped = untilStopped();
const engine = await orExit(openEngine(config, 'session-engine worker', log, 'elsewhere'));
const inspection = await orExit(createInspectableQueues(engine.queue, engine.report));
const metrics = createWorkerMetrics(engine.metrics.registry);
addQueueMetrics(engine.metrics.registry, () => inspection.restrictions());
const nightly = createNightlyAudit({ night: engine.auditor.night, runs: engine.auditor.runs, log });
const worker = await orExit(
  runWorker({
    queue: engine.queue,
    settle: (sessionId) => engine.execute('settle', { sessionId }),
    sweepOnce: engine.sweepOnce,
    arm: engine.arm,
    deadlines: engine.deadlines,
    audit: config.auditAtHour === null ? null : { atHour: config.auditAtHour, run: nightly.run },
    concurrency: config.workerConcurrency,
    log,
    report: engine.report,
    metrics,
    onStuck: () => process.exit(1),
  }),
);
const presence = startPresence('worker', engine.processes);
const heartbeat =
  config.heartbeatUrl === null
    ? null
    : startHeartbeat({
        url: config.heartbeatUrl,
        selfId: presence.self.id,
        database: engine.watched,
        pingQueue: inspection.watched.state,
        log,
      });
nightly.start(config.auditAtHour);
const readiness = createReadiness(
  engine.pingDatabase,
  (timeoutMs) => inspection.ping(timeoutMs),
  () => inspection.restrictions(),
);
const served = await serveMetrics({
  host: config.host,
  port: config.workerPort,
  metrics: engine.metrics,
  readiness,
});
log.info('ready');
log.info({ signal: await stopped }, 'stopping: finishing the alarms in flight');
const [closed] = await Promise.all([worker.close(), nightly.close(), heartbeat?.close()]);
await presence.close();
await served.close();
if (closed.kind === 'timed_out') {
  log.warn('Some alarms were still in flight; another worker takes them');
} else {
  await engine.close();
  await inspection.close();
  log.info('stopped');
}
// What is still in flight, or a connection that a library holds, keeps nobody waiting.
process.exit(0);
