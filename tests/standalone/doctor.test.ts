import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NowJson } from '../../src/http/answers/now.ts';
import { endOrphan } from './end-orphan.ts';
import { type Program, runScript } from './program.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

const DOCTOR = join(import.meta.dirname, '../../src/doctor-command.ts');
const EVENTUALLY = { timeout: 20_000, interval: 250 };

let directory: string;
let dataDir: string;
let product: Program;
beforeAll(async () => {
  directory = await makeTemporaryDirectory();
  dataDir = join(directory, 'data');
  product = runScript('../../src/start.ts', [], { DATA_DIR: dataDir, PORT: '0' });
  await product.untilPrinted('/receipt');
}, 120_000);
afterAll(async () => {
  product.kill('SIGTERM');
  await product.exitCode;
  await endOrphan(join(dataDir, 'postgres'));
  await rm(directory, { recursive: true, force: true });
});

const examine = () =>
  new Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>((resolve) => {
    const env = { PATH: process.env['PATH'], DATA_DIR: dataDir };
    execFile(process.execPath, [DOCTOR], { env }, (error, stdout, stderr) =>
      resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr }),
    );
  });

test('npm start runs two processes that Now and the doctor know, and what is stopped cannot be looked at', async () => {
  const [, api = ''] = /API +(http\S+)/.exec(product.output()) ?? [];
  const [, token = ''] = /^administrator 1 +(\S+)$/m.exec(product.output()) ?? [];
  const now = async (): Promise<NowJson> => {
    const response = await fetch(`${api}/admin/now`, { headers: { authorization: `Bearer ${token}` } });
    const { data }: { data: NowJson } = JSON.parse(await response.text());
    return data;
  };
  await expect.poll(async () => (await now()).problems, EVENTUALLY).toStrictEqual([]);
  expect((await now()).processes?.map(({ kind }) => kind)).toStrictEqual(['api', 'worker']);

  const good = await examine();
  expect(good.stderr).toBe('');
  expect(good.stdout).toMatch(/^ok {4}workers +1 is running$/m);
  expect(good.stdout).toMatch(/^(ok {2}|warn) {2}disk /m);
  expect(good.stdout).not.toContain('FAIL');
  expect(good.exitCode).toBe(0);

  const worker = (await now()).processes?.find(({ kind }) => kind === 'worker');
  process.kill(worker?.pid ?? 0, 'SIGSTOP');
  await expect
    .poll(async () => (await now()).problems, EVENTUALLY)
    .toMatchObject([{ code: 'no_worker', do: 'Stop npm start with Ctrl-C and start it again' }]);
  process.kill(worker?.pid ?? 0, 'SIGCONT');
  await expect.poll(async () => (await now()).problems, EVENTUALLY).toStrictEqual([]);

  product.kill('SIGTERM');
  expect(await product.exitCode).toBe(0);
  const stopped = await examine();
  expect(stopped).toMatchObject({ exitCode: 2, stdout: '' });
  expect(stopped.stderr).toContain('npm start');
});
