import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAlive, readPostmaster } from '../../src/standalone/server-process.ts';
import { childrenOf } from '../../tools/kit/process-tree.ts';
import { endOrphan } from './end-orphan.ts';
import { runScript } from './program.ts';
import type { Program } from './program.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

const run = promisify(execFile);

let directory: string;
let dataDir: string;
const programs: Program[] = [];

beforeEach(async () => {
  directory = await makeTemporaryDirectory();
  dataDir = join(directory, 'data');
});

afterEach(async () => {
  for (const program of programs.splice(0)) {
    program.kill('SIGTERM');
    await program.exitCode;
  }
  await endOrphan(join(dataDir, 'postgres'));
  await rm(directory, { recursive: true, force: true });
});

/** Starts the product on a port of its choice and waits for the last line that it prints. */
async function startProduct(): Promise<Program> {
  const program = runScript('../../src/start.ts', [], { DATA_DIR: dataDir, PORT: '0', CORS_ORIGINS: '*' });
  programs.push(program);
  await program.untilPrinted('/receipt');
  return program;
}

/** As the page does it to which the link leads. */
async function signInBy(url: string, token: string): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify({ token }) })).status;
}

/** What a person who pastes these lines into a shell sees. */
async function paste(lines: readonly string[]): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const line of lines) {
    const { stdout } = await run('/bin/sh', ['-c', line]);
    answers.push(JSON.parse(stdout));
  }
  return answers;
}

test(
  'the lines that npm start prints start a session, send a message, show it, end it and explain its unit, any web app may call the API, and the next start offers another',
  { timeout: 120_000 },
  async () => {
    const first = await startProduct();
    const lines = first
      .output()
      .split('\n')
      .filter((line) => line.startsWith('curl '));
    expect(await paste(lines)).toMatchObject([
      { success: true, data: { appointment_id: 900_001, is_active: true, sessions_used: 0 } },
      { success: true, data: { message_no: 1, sender_role: 'patient' } },
      { success: true, data: { is_active: true, has_patient_activity: true, remaining_sessions: 10 } },
      { success: true, data: { is_ended: true, end_reason: 'manual_end', sessions_deducted: 1 } },
      { success: true, data: { blocks: [{ interval_no: 1, units: 1, reason: 'manual_end' }] } },
    ]);
    const [, manual] = /Manual +(\S+)/.exec(first.output()) ?? [];
    expect((await fetch(manual ?? '')).status).toBe(200);
    const [, signIn = '', token = ''] = /Console +(\S+)#token=(\S+)/.exec(first.output()) ?? [];
    expect(await (await fetch(signIn)).text()).toContain('<title>Session engine</title>');
    const statuses = [await signInBy(signIn, token), await signInBy(signIn, token)];
    expect(statuses).toEqual([200, 401]);
    const origin = 'http://localhost:5173';
    const [, api] = /API +(http\S+)/.exec(first.output()) ?? [];
    const ofAnother = await fetch(`${api}/balance`, { method: 'OPTIONS', headers: { origin } });
    expect(ofAnother.headers.get('access-control-allow-origin')).toBe('*');
    first.kill('SIGTERM');
    expect(await first.exitCode).toBe(0);
    expect(first.output()).not.toContain('"level"');
    expect(await readPostmaster(join(dataDir, 'postgres'))).toBeUndefined();

    const second = await startProduct();
    expect(second.output()).toContain('Appointment 900002 of this patient');
  },
);

test(
  'with a session under way and connections open, npm start says nothing, and an interrupt ends all of its processes at once',
  { timeout: 120_000 },
  async () => {
    const product = await startProduct();
    const lines = product.output().split('\n');
    await paste(lines.filter((line) => line.startsWith('curl ')).slice(0, 2));
    const [, manual = ''] = /Manual +(\S+)/.exec(product.output()) ?? [];
    // Kept open for the next request, as a browser does.
    expect(await (await fetch(manual)).text()).toContain('<html');
    const postmaster = await readPostmaster(join(dataDir, 'postgres'));
    const processes = [...(await childrenOf(product.pid)), postmaster?.pid ?? 0];
    expect(processes.length).toBeGreaterThan(2);
    const banner = product.output().length;

    const startMs = performance.now();
    product.kill('SIGINT');
    expect(await product.exitCode).toBe(0);
    // Measured: one second, most of it PostgreSQL's checkpoint. A stop that waits for a request or a session takes 30 s or 72 s.
    expect(performance.now() - startMs).toBeLessThan(10_000);
    expect(product.output().slice(banner)).toBe('stopping\nstopped\n');
    expect(processes.filter(isAlive)).toEqual([]);
  },
);
