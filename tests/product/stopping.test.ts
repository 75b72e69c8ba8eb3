import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import { prepareDatabase } from '../../src/ops/prepare-database.ts';
import { createDatabase } from '../../tools/kit/database.ts';
import { startProgram, untilReady } from '../../tools/kit/product-program.ts';
import { SECRET } from '../../tools/kit/tokens.ts';

const DELAY_SECONDS = 3;

test('an API that is asked to stop says so to its load balancer first, answers until then, and waits for no connection that is only kept open', async () => {
  const database = await createDatabase();
  await prepareDatabase(database.url, null);
  const api = await startProgram('src/server.ts', {
    DATABASE_URL: database.url,
    JWT_SECRET: SECRET,
    SHUTDOWN_DELAY_SECONDS: String(DELAY_SECONDS),
  });
  await untilReady(api);
  const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${api.port}${path}`)).status;
  const keptOpen = connect(api.port, '127.0.0.1');
  keptOpen.write('GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n');
  await once(keptOpen, 'data');
  expect(await statusOf('/health/ready')).toBe(200);

  const beforeMs = performance.now();
  const stopped = api.stop();
  await vi.waitFor(async () => expect(await statusOf('/health/ready')).toBe(503), {
    timeout: DELAY_SECONDS * 1000,
    interval: 20,
  });
  expect(await statusOf('/health/live')).toBe(200);
  expect(await statusOf('/api/text-appointments/1/session-status')).toBe(401);

  expect(await stopped).toBe(0);
  const tookMs = performance.now() - beforeMs;
  expect(tookMs).toBeGreaterThanOrEqual(DELAY_SECONDS * 1000);
  expect(tookMs).toBeLessThan(DELAY_SECONDS * 1000 + 15_000);
  keptOpen.destroy();
  await database.drop();
});
