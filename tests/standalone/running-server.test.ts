import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/standalone/postgres.ts';
import { runningServerUrl } from '../../src/standalone/postgres.ts';
import { withServer } from '../../tools/kit/server.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

let directory: string;
let server: EmbeddedPostgres | undefined;
beforeAll(async () => {
  directory = await makeTemporaryDirectory();
});
afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

test('a server of our own is found by its DATA_DIR while it runs, and only then', async () => {
  const dataDir = join(directory, 'data');
  expect(await runningServerUrl(dataDir)).toBeNull();

  server = await startEmbeddedPostgres({ dataDir, log: () => {}, settings: { fsync: 'off' } });
  const url = await runningServerUrl(dataDir);
  expect(url).toBe(server.url);
  const answer = await withServer(url ?? '', (client) => client.query('SELECT 1 AS one'));
  expect(answer.rows).toEqual([{ one: 1 }]);

  await server.stop();
  expect(await runningServerUrl(dataDir)).toBeNull();
});
