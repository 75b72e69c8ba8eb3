import { sleep } from './async/sleep.ts';
import { type Config, configOrExit, DEMO, EMBEDDED, settingsWithoutEffect } from './config.ts';
import { createApp } from './http/app.ts';
import { createLogger } from './ops/log.ts';
import { createReadiness, type Dependency } from './ops/health.ts';
import { createInspectableQueues } from './alarms/board.ts';
import { createQueueOutage } from './alarms/outage.ts';
import { createApiMetrics } from './ops/api-metrics.ts';
import { addQueueMetrics } from './ops/queue-metrics.ts';
import { orExit } from './ops/or-exit.ts';
import { untilStopped } from './ops/shutdown.ts';
import { openEngine } from './engine.ts';
import type { Demo } from './http/app-options.ts';
import { signDemoToken } from './standalone/demo.ts';
import { openWorkerSwitch } from './standalone/worker-switch.ts';
import { createNow } from './watch/now.ts';
import { startPresence } from './watch/presence.ts';

/** Short, so that one sees how the client gets another. */
const DEMO_TOKEN_SECONDS = 300;
const STOPPING: Dependency = { name: 'api', isReady: false, detail: 'this process is stopping' };

// The API: one process of it, to be run in any number.
const config = configOrExit();
const log = createLogger('api', config.logLevel);
for (const notice of settingsWithoutEffect()) log.warn(notice);
const stopped = untilStopped();
const engine = await orExit(openEngine(config, 'session-engine api', log, 'heard'));
const outage = createQueueOutage();
const inspection = await orExit(
  createInspectableQueues(engine.queue, (notice) => {
    outage.report(notice);
    engine.report(notice);
  }),
);
const presence = startPresence('api', engine.processes);
const readiness = createReadiness(
  engine.pingDatabase,
  (timeoutMs) => inspection.ping(timeoutMs),
  () => inspection.restrictions(),
);
addQueueMetrics(engine.metrics.registry, () => inspection.restrictions());
const stopping = new AbortController();
const app = await createApp({
  engine,
  authentication: config.authentication,
  limits: {
    requestsPerMinute: config.requestsPerMinute,
    liveSockets: config.liveSockets,
    liveDrainMs: config.liveDrainMs,
  },
  trustProxy: config.trustProxy,
  corsOrigins: config.corsOrigins,
  queues: inspection.queues,
  stopping: stopping.signal,
  now: createNow({
    database: engine.watched,
    queue: inspection.watched,
    installation: process.argv.includes(EMBEDDED) ? 'embedded' : 'services',
    isAuditedNightly: config.auditAtHour !== null,
    databaseSeenAtMs: presence.seenAtMs,
    queueLostAtMs: outage.lostAtMs,
    queueLivesOn: engine.queue.kind === 'redis' ? 'redis' : 'database',
  }),
  readiness: () => (stopping.signal.aborted ? Promise.resolve([STOPPING]) : readiness()),
  metrics: { ...engine.metrics, ...createApiMetrics(engine.metrics.registry) },
  demo: demoOf(process, config),
  logger: log,
});
try {
  await app.listen({ host: config.host, port: config.port });
} catch (error) {
  process.stderr.write(`The API cannot listen on ${config.host}:${config.port}: ${String(error)}\n`);
  process.exit(1);
}
const signal = await stopped;
stopping.abort();
log.info({ signal }, 'stopping: answering what is under way');
// A load balancer is given time to notice that /health/ready says 503. Ctrl-C has none in front.
if (signal === 'SIGTERM') await sleep(config.shutdownDelayMs);
await app.close();
await presence.close();
await engine.close();
await inspection.close();
log.info('stopped');

/** Only `npm start` asks for the demo, where it brings the database; and only it can stop and start the worker. */
function demoOf(self: NodeJS.Process, { authentication }: Pick<Config, 'authentication'>): Demo | null {
  const worker = self.argv.includes(DEMO) ? openWorkerSwitch(self) : null;
  if (worker === null || authentication.kind !== 'secret') return null;
  const { secret, issuer, audience } = authentication;
  const settings = { secret, issuer: issuer ?? undefined, audience: audience ?? undefined };
  return {
    worker,
    signToken: (userId) => signDemoToken({ userId }, settings, Date.now(), DEMO_TOKEN_SECONDS),
  };
}
