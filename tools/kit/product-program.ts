import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findFreePort } from '../../src/standalone/ports.ts';

/** One of the product's programs as a process of its own, as production runs it. */
export interface Program {
  readonly child: ChildProcess;
  /** Where it answers: the API's port, or the worker's. */
  readonly port: number;
  /** Microseconds of processor time that the process has used so far. */
  readonly cpuUs: () => Promise<number>;
  /** SIGTERM; gives the exit code. Safe to repeat. */
  readonly stop: () => Promise<number | null>;
  /** SIGKILL: no time for last words. */
  readonly kill: () => Promise<void>;
}

/** Starts `script` with nothing in its environment but these settings. */
export async function startProgram(
  script: string,
  settings: Readonly<Record<string, string>>,
): Promise<Program> {
  const port = await findFreePort();
  const child = spawn(process.execPath, [join(import.meta.dirname, '../..', script)], {
    env: {
      PATH: process.env['PATH'],
      PORT: String(port),
      WORKER_PORT: String(port),
      LOG_LEVEL: 'error',
      ...settings,
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  return {
    child,
    port,
    cpuUs: () => processorTimeUs(child),
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      return child.exitCode;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Waits until the program says that it is ready. @throws where it ends first, or takes more than 30 s. */
export async function untilReady({ child, port }: Program): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const isReady = await fetch(`http://127.0.0.1:${port}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    if (child.exitCode !== null)
      throw new Error(`the program ended with ${child.exitCode} before it was ready`);
    await pause(50);
  }
  throw new Error('the program was not ready after 30 s');
}

/** utime + stime of /proc/PID/stat (proc(5)), in ticks of 10 ms. */
async function processorTimeUs(child: ChildProcess): Promise<number> {
  const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}
