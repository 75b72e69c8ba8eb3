import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findFreePort } from '../../src/standalone/ports.ts';
import { startReaper } from '../../src/standalone/reaper.ts';
import type { Service } from './compose-file.ts';

export interface ComposeRedis {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** Starts Redis by the command of its service; only its port and the place of its data are ours. */
export async function startComposeRedis({ entrypoint = [], command = [] }: Service): Promise<ComposeRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'session-engine-redis-'));
  const port = await findFreePort();
  const [program = '', ...args] = [...entrypoint, ...command];
  const ours = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory];
  const child = spawn(program, [...args, ...ours], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const callOff = child.pid === undefined ? undefined : startReaper(child.pid, [directory]);
  let printed = '';
  for await (const line of createInterface({ input: child.stdout })) {
    printed += `${line}\n`;
    if (line.includes('Ready to accept connections')) break;
  }
  child.stdout.resume();
  const stop = async (): Promise<void> => {
    callOff?.();
    child.kill('SIGKILL');
    await exited;
    await rm(directory, { recursive: true, force: true });
  };
  if (child.exitCode !== null) {
    await stop();
    throw new Error(`Redis did not start: ${printed}`);
  }
  return { port, stop };
}
