/** What `npm run doctor` finds of a server that is full, and where there is none. */
import { rm } from 'node:fs/promises';
import { Client } from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { prepareDatabase } from '../../src/ops/prepare-database.ts';
import { startEmbeddedPostgres, startTemporaryPostgres } from '../../src/standalone/postgres.ts';
import { describeUnless } from '../../tools/kit/describe.ts';
import { openSmallDisk, whyNoSmallDisk } from '../../tools/kit/small-disk.ts';
import { SECRET } from '../../tools/kit/tokens.ts';
import { makeTemporaryDirectory } from '../standalone/temporary-directory.ts';
import { lookWithDoctor, runDoctor, SECRETS } from './run-doctor.ts';

describe('npm run doctor', () => {
  test('finds that there are hardly any connections left', async () => {
    const settings = { fsync: 'off', max_connections: '13' };
    const server = await startTemporaryPostgres({ log: () => {}, settings });
    onTestFinished(() => server.stop());
    SECRETS.add(new URL(server.url).password);
    await prepareDatabase(server.url, null);
    const clients = Array.from({ length: 10 }, () => new Client({ connectionString: server.url }));
    onTestFinished(async () => void (await Promise.all(clients.map((client) => client.end()))));
    for (const client of clients) await client.connect();
    const { checks } = await lookWithDoctor({ DATABASE_URL: server.url, JWT_SECRET: SECRET });
    expect(checks.find(({ name }) => name === 'connections')).toMatchObject({
      state: 'fail',
      do: expect.stringContaining('max_connections'),
    });
  });

  test('ends with 2 where there is nothing to look at, and says what to do', async () => {
    const directory = await makeTemporaryDirectory();
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const nowhere = await runDoctor({ DATA_DIR: directory });
    expect(nowhere).toMatchObject({ exitCode: 2, stdout: '' });
    expect(nowhere.stderr).toContain('or run `npm start` in another terminal');
    expect(await runDoctor({}, '--colour')).toMatchObject({ exitCode: 2, stdout: '' });
    expect((await runDoctor({}, '--help')).exitCode).toBe(0);
  });
});

await describeUnless(await whyNoSmallDisk(), 'npm run doctor, of the database of npm start', () => {
  test('looks at the server that runs on DATA_DIR, and finds a disk that is full', async () => {
    const disk = await openSmallDisk(300);
    onTestFinished(() => disk.close());
    const server = await startEmbeddedPostgres({
      dataDir: disk.directory,
      log: () => {},
      settings: { fsync: 'off' },
    });
    onTestFinished(() => server.stop());
    for (const url of [server.url, server.engineUrl]) SECRETS.add(new URL(url).password);
    await prepareDatabase(server.engineUrl, null, server.url);
    const { checks, exitCode } = await lookWithDoctor({ DATA_DIR: disk.directory });
    expect(exitCode).toBe(1);
    expect(checks.filter(({ state }) => state === 'fail')).toMatchObject([
      { name: 'disk', do: 'Make room on the disk of DATA_DIR' },
      { name: 'workers', do: 'Stop npm start with Ctrl-C and start it again' },
    ]);
  });
});
