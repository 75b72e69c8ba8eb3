import { configOrExit } from './config.ts';
import { createApp } from './http/app.ts';
import { createLogger } from './ops/log.ts';
import { createReadiness } from './ops/health.ts';
import { createInspectableQueues } from './alarms/inspection.ts';
import { createApiMetrics } from './ops/metrics.ts';
import { untilStopped } from './ops/shutdown.ts';
import { openEngine } from './engine.ts';

// The API: one process of it, to be run in any number.
const config = configOrExit();
const log = createLogger('api', config.logLevel);
const stopped = untilStopped();
const engine = await openEngine(config, 'session-engine api', log);
const inspection = await createInspectableQueues(engine.queue, engine.report);
const app = await createApp({
  engine,
  authentication: config.authentication,
  limits: { requestsPerMinute: config.requestsPerMinute },
  trustProxy: config.isProxyTrusted,
  queues: inspection.queues,
  readiness: createReadiness(engine.pingDatabase, (timeoutMs) => inspection.ping(timeoutMs)),
  metrics: { ...engine.metrics, ...createApiMetrics(engine.metrics.registry) },
  logger: log,
});
try {
  await app.listen({ host: config.host, port: config.port });
} catch (error) {
  process.stderr.write(`The API cannot listen on ${config.host}:${config.port}: ${String(error)}\n`);
  process.exit(1);
}
log.info({ signal: await stopped }, 'stopping: answering what is under way');
await app.close();
await engine.close();
await inspection.close();
log.info('stopped');
