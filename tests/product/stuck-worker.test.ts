import { expect, onTestFinished, test } from 'vitest';
import { prepareDatabase } from '../../src/ops/prepare-database.ts';
import { createDatabase } from '../../tools/kit/database.ts';
import { startProgram } from '../../tools/kit/product-program.ts';
import { SECRET } from '../../tools/kit/tokens.ts';
import { describeOnEachQueue, useQueue } from '../alarms/queue-servers.ts';
import { alarm } from '../alarms/scripted-settle.ts';

await describeOnEachQueue('a worker process', (startServer) => {
  const { server, arm } = useQueue(startServer);

  test('that takes nothing although an alarm is due ends with 1, so that another is started', async () => {
    const { settings: queue } = server();
    const database = queue.kind === 'redis' ? await createDatabase() : null;
    onTestFinished(() => database?.drop());
    const url = database?.url ?? queue.url;
    await prepareDatabase(url, null);
    await arm([alarm(7, 0)]);
    const preload = new URL('deaf-worker.ts', import.meta.url).href;
    const onRedis = queue.kind === 'redis' ? { REDIS_URL: queue.url, REDIS_PREFIX: queue.prefix } : {};
    const settings = { DATABASE_URL: url, JWT_SECRET: SECRET, LOG_LEVEL: 'fatal', ...onRedis };
    const worker = await startProgram('workers/worker.ts', settings, {
      nodeArguments: ['--import', preload],
    });
    onTestFinished(() => worker.kill());
    await worker.ended;
    expect(worker.child.exitCode).toBe(1);
  }, 120_000);
});
