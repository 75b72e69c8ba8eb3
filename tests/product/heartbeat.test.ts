import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { prepareDatabase } from '../../src/ops/prepare-database.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { type Heartbeat, startHeartbeat } from '../../src/watch/heartbeat.ts';
import { createDatabase } from '../../tools/kit/database.ts';
import { startProgram } from '../../tools/kit/product-program.ts';
import { SECRET } from '../../tools/kit/tokens.ts';
import { makeTemporaryDirectory } from '../standalone/temporary-directory.ts';

const EVENTUALLY = { timeout: 20_000, interval: 20 };
const PATH = '/ping/h3artbeat-s3cret';

async function openMonitor() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}${PATH}`, asked };
}

async function openProduct() {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  await prepareDatabase(database.url, null);
  return database.url;
}

test('a worker sends a heartbeat soon after its start, and no part of the address reaches its log', async () => {
  const [{ url, asked }, databaseUrl, directory] = await Promise.all([
    openMonitor(),
    openProduct(),
    makeTemporaryDirectory(),
  ]);
  onTestFinished(() => rm(directory, { recursive: true }));
  const [secretFile, logFile] = [join(directory, 'url'), join(directory, 'log')];
  await writeFile(secretFile, `${url}\n`);
  const log = await open(logFile, 'a');
  const settings = { DATABASE_URL: databaseUrl, JWT_SECRET: SECRET, HEARTBEAT_URL_FILE: secretFile };
  const worker = await startProgram(
    'workers/worker.ts',
    { ...settings, LOG_LEVEL: 'trace' },
    { logFd: log.fd },
  );
  await expect.poll(() => asked, EVENTUALLY).toStrictEqual([`GET ${PATH}`]);
  const logged = () => readFile(logFile, 'utf8');
  await expect.poll(logged, EVENTUALLY).toContain('The heartbeat is sent');
  expect(await worker.stop()).toBe(0);
  await log.close();
  expect(await logged()).not.toContain('h3artbeat');
  expect(asked).toHaveLength(1);
});

test('of two workers the one that started first sends it, and the other when that one is gone', async () => {
  const databaseUrl = await openProduct();
  const monitors = await Promise.all([openMonitor(), openMonitor()]);
  const database = openDatabase({ url: databaseUrl, maxConnections: 4, applicationName: 'test' });
  const workers = monitors.map(() => ({
    id: randomUUID(),
    kind: 'worker' as const,
    host: 'clinic-1',
    pid: 1,
    version: '1.0.0',
  }));
  const [first, second] = workers;
  if (first === undefined || second === undefined) return expect.fail('two workers');
  await database.processes.see(second, 1_000);
  await database.processes.see(first, 60_000);
  const beats: Heartbeat[] = [];
  for (const [i, { id }] of workers.entries())
    beats.push(
      startHeartbeat({
        url: monitors[i]?.url ?? '',
        selfId: id,
        database,
        pingQueue: async () => {},
        log: { info: () => {}, warn: () => {} },
        everyMs: 20,
        firstAfterMs: 0,
      }),
    );
  onTestFinished(async () => {
    await Promise.all(beats.map((beat) => beat.close()));
    await database.close();
  });
  const [ofFirst, ofSecond] = monitors.map(({ asked }) => asked);
  await expect.poll(() => ofFirst?.length, EVENTUALLY).toBeGreaterThan(5);
  expect(ofSecond).toStrictEqual([]);

  await database.processes.stop(first.id);
  await expect.poll(() => ofSecond?.length, EVENTUALLY).toBeGreaterThan(5);
  const sent = ofFirst?.length;
  const more = (ofSecond?.length ?? 0) + 5;
  await expect.poll(() => ofSecond?.length, EVENTUALLY).toBeGreaterThan(more);
  expect(ofFirst?.length).toBe(sent);
});
