import { execFile } from 'node:child_process';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readPostmaster } from '../../src/standalone/server-process.ts';
import { startEmbeddedPostgres } from '../../src/standalone/postgres.ts';
import type { EmbeddedPostgres } from '../../src/standalone/postgres.ts';
import { isAlive, isServerOf } from '../../src/standalone/server-process.ts';
import { withServer } from '../../tools/kit/server.ts';
import { endOrphan } from './end-orphan.ts';
import { readValues, writeValue } from './kept-value.ts';
import { runScript } from './program.ts';
import type { Program } from './program.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

let directory: string;
let dataDir: string;
const started: EmbeddedPostgres[] = [];
const victims: Program[] = [];

// One DATA_DIR for all of them: what one test leaves behind, the next one has to find.
beforeAll(async () => {
  directory = await makeTemporaryDirectory();
  dataDir = join(directory, 'data');
});

afterEach(async () => {
  for (const victim of victims.splice(0)) victim.kill('SIGKILL');

  for (const postgres of started.splice(0)) await postgres.stop();
});

afterAll(async () => {
  await endOrphan(join(dataDir, 'postgres'));
  await rm(directory, { recursive: true, force: true });
});

async function start(log: (line: string) => void = () => {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  started.push(postgres);
  return postgres;
}

/** A run in another process, which can be killed, and a value that it has committed. */
async function startVictim(): Promise<{ victim: Program; server: number; value: number }> {
  const victim = runScript('hold-postgres.ts', [dataDir]);
  victims.push(victim);
  await victim.untilPrinted('ready');
  const value = await writeValue(victim.output().slice('ready '.length).trim());
  const postmaster = await readPostmaster(join(dataDir, 'postgres'));
  return { victim, server: postmaster?.pid ?? 0, value };
}

describe('embedded PostgreSQL', () => {
  test('finds its data again at the second start, and says where it is', async () => {
    const first = await start();
    const value = await writeValue(first.url);
    await first.stop();
    const lines: string[] = [];
    const second = await start((line) => lines.push(line));
    expect(await readValues(second.url)).toContain(value);
    expect(lines).toEqual([expect.stringContaining(`its data is in ${dataDir}/postgres`)]);
  });

  test('checks its pages, listens to this machine alone, and has no password that anybody could know', async () => {
    const { url } = await start();
    const settings = await withServer(url, (client) =>
      client.query(`SELECT current_setting('data_checksums') AS checksums,
                           current_setting('listen_addresses') AS addresses,
                           current_setting('fsync') AS fsync,
                           current_setting('server_version_num')::int / 10000 AS version`),
    );
    expect(settings.rows).toEqual([{ checksums: 'on', addresses: '127.0.0.1', fsync: 'on', version: 18 }]);
    const password = (await readFile(join(dataDir, 'postgres-password'), 'utf8')).trim();
    expect(password).toMatch(/^[\w-]{64}$/);
    expect((await stat(join(dataDir, 'postgres-password'))).mode & 0o777).toBe(0o600);
    const guess = url.replace(password, 'postgres');
    await expect(withServer(guess, (client) => client.query('SELECT 1'))).rejects.toThrow(
      'authentication failed',
    );
  });

  test('recovers what was committed when everything was killed at once', async () => {
    const { victim, server, value } = await startVictim();
    victim.kill('SIGKILL');
    process.kill(server, 'SIGKILL');
    await victim.exitCode;
    const { url } = await start();
    expect(await readValues(url)).toContain(value);
  });

  test('stops the server that a killed run has left behind, and goes on with its data', async () => {
    const { victim, server, value } = await startVictim();
    victim.kill('SIGKILL');
    await victim.exitCode;
    expect(isAlive(server)).toBe(true);
    const lines: string[] = [];
    const { url } = await start((line) => lines.push(line));
    expect(lines[0]).toBe('stopping the database server that an earlier run left behind');
    expect(await isServerOf(server, join(dataDir, 'postgres'))).toBe(false);
    expect(await readValues(url)).toContain(value);
  });

  test('starts although another program now has the number of the server that was killed', async () => {
    const first = await start();
    const value = await writeValue(first.url);
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const pidFile = join(first.cluster, 'postmaster.pid');
    const lines = (await readFile(pidFile, 'utf8')).split('\n');
    // A living process of the server's own user, as after a restart of a container.
    const { uid, gid } = await stat(first.cluster);
    const other = execFile('sleep', ['60'], process.getuid?.() === 0 ? { uid, gid } : {});
    await writeFile(pidFile, [String(other.pid), ...lines.slice(1)].join('\n'));
    const second = await start();
    expect(await readValues(second.url)).toContain(value);
    other.kill();
  });

  test('refuses, in one line, data that another run is using', async () => {
    const first = await start();
    await expect(start()).rejects.toThrow(/^DATA_DIR .* is in use by another run: .*$/);
    const value = await writeValue(first.url);
    expect(await readValues(first.url)).toContain(value);
  });
});
