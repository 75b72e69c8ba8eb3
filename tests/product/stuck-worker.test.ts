import { expect, onTestFinished, test } from 'vitest';
import { prepareQueue } from '../../src/alarms/prepare-queue.ts';
import { createAlarms } from '../../src/alarms/producer.ts';
import { createDatabase } from '../../tools/kit/database.ts';
import { startProgram } from '../../tools/kit/product-program.ts';
import { SECRET } from '../../tools/kit/tokens.ts';
import { alarm } from '../alarms/scripted-settle.ts';

test('a worker process that takes nothing although an alarm is due ends with 1, so that another is started', async () => {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  const queue = { kind: 'postgres', url: database.url } as const;
  await prepareQueue(queue);
  const alarms = await createAlarms(queue, () => {});
  await alarms.arm([alarm(7, 0)]);
  await alarms.close();
  const preload = new URL('deaf-worker.ts', import.meta.url).href;
  const settings = { DATABASE_URL: database.url, JWT_SECRET: SECRET, LOG_LEVEL: 'fatal' };
  const worker = await startProgram('workers/worker.ts', settings, { nodeArguments: ['--import', preload] });
  onTestFinished(() => worker.kill());
  await worker.ended;
  expect(worker.child.exitCode).toBe(1);
}, 120_000);
