import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { sharedApp } from '../open-app.ts';
import { portOf } from '../sockets.ts';
import { asPatient } from '../tokens.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const STRICT = ['--strict', '--noUncheckedIndexedAccess', '--skipLibCheck'];
const MODULES = ['--module', 'nodenext', '--target', 'es2024', '--lib', 'es2024,dom', '--types', 'node'];

const shared = sharedApp();
const execute = promisify(execFile);
const runNode = (program: string, ...given: string[]) =>
  execute(process.execPath, [join(PROJECT, 'node_modules', program), ...given], { cwd: PROJECT });

/** Generates a client as somebody who has only /docs/json would, and puts a program that uses it beside it. */
async function generateClient(program: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'generated-client-'));
  await symlink(join(PROJECT, 'node_modules'), join(directory, 'node_modules'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const description = join(directory, 'description.json');
  const use = join(directory, 'use.ts');
  const { body } = await shared().app.inject({ url: '/docs/json' });
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
  await writeFile(description, body);
  await writeFile(use, program);
  await runNode('oazapfts/dist/cli.js', description, join(directory, 'client.ts'));
  return use;
}

const compile = (use: string) =>
  runNode(
    'typescript/lib/tsc.js',
    '--ignoreConfig',
    '--noEmit',
    '--allowImportingTsExtensions',
    ...STRICT,
    ...MODULES,
    use,
  );

/** Asks for messages without `after` and `limit`, reads a failure by its code, and sends. */
const program = (baseUrl: string, authorization: string) => `
import { defaults, listMessages, putSubscription, sendMessage, sessionStatus } from './client.ts';

defaults.baseUrl = ${JSON.stringify(baseUrl)};
defaults.headers = { authorization: ${JSON.stringify(authorization)} };
const page = await listMessages('501');
const next = await listMessages('501', { after: '1' });
const sent = await sendMessage('501', { client_message_id: crypto.randomUUID(), text: 'good morning' });
const status = await sessionStatus('501');
const refused = await putSubscription('1', { patient_id: 1, sessions_total: 5 });
if (page.status !== 200 || next.status !== 200 || status.status !== 200) throw new Error('not answered');
const numbers: number[] = page.data.data.messages.map(({ message_no }) => message_no);
const more: boolean = page.data.data.has_more;
const endsAt: string | null = status.data.data.funded_until;
const code: string = refused.status === 403 ? refused.data.code : '';
const fields: string[] = refused.status === 403 ? refused.data.errors.map(({ field }) => field) : ['none'];
console.log(JSON.stringify({ numbers, more, sent: sent.status, code, fields, isTime: endsAt !== undefined }));
`;

let baseUrl = '';
beforeAll(async () => {
  baseUrl = `http://127.0.0.1:${await portOf(shared().app)}`;
});

test('a client that was generated from the documentation compiles under strict rules, and works', async () => {
  const use = await generateClient(program(baseUrl, asPatient().authorization));
  await compile(use);
  const { stdout } = await execute(process.execPath, [use]);

  expect(JSON.parse(stdout)).toEqual({
    numbers: [1],
    more: false,
    sent: 201,
    code: 'forbidden',
    fields: [],
    isTime: true,
  });
});

test('a program that reads a field which no answer has does not compile', async () => {
  const wrong = program(baseUrl, '').replace('has_more', 'is_last');
  const use = await generateClient(wrong);

  await expect(compile(use)).rejects.toMatchObject({ stdout: expect.stringContaining('is_last') });
});
