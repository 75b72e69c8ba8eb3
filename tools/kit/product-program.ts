import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findFreePort } from '../../src/standalone/ports.ts';

const PROJECT_DIR = join(import.meta.dirname, '../..');
const STOP_LIMIT_MS = 45_000;
const ANSWER_LIMIT_MS = 1_000;
const POLL_MS = 50;

/** One of the product's programs as a process of its own, as production runs it. */
export interface Program {
  readonly child: ChildProcess;
  /** Where it answers: the API's port, or the worker's. */
  readonly port: number;
  /** Resolves when it has ended, however that came. */
  readonly ended: Promise<unknown>;
  /** SIGTERM, and SIGKILL where that takes longer than 45 s; gives the exit code. Safe to repeat. */
  readonly stop: () => Promise<number | null>;
  /** SIGKILL: no time to finish anything. Safe to repeat. */
  readonly kill: () => Promise<void>;
}

export interface ProgramOptions {
  /** Where it answers. @default a free port */
  readonly port?: number;
  /** Of Node, before the script. */
  readonly nodeArguments?: readonly string[];
  /** An open file for everything that it prints. @default our own output */
  readonly logFd?: number;
}

/** Starts `script`, a path from the project's root, with nothing in its environment but these settings. */
export async function startProgram(
  script: string,
  settings: Readonly<Record<string, string>>,
  options: ProgramOptions = {},
): Promise<Program> {
  return spawnProgram(script, settings, { ...options, port: options.port ?? (await findFreePort()) });
}

/** The same at once, on a port that is known. */
export function spawnProgram(
  script: string,
  settings: Readonly<Record<string, string>>,
  { port, nodeArguments = [], logFd }: ProgramOptions & { readonly port: number },
): Program {
  const output = logFd ?? 'inherit';
  const child = spawn(process.execPath, [...nodeArguments, join(PROJECT_DIR, script)], {
    env: {
      PATH: process.env['PATH'],
      PORT: String(port),
      WORKER_PORT: String(port),
      LOG_LEVEL: 'error',
      SHUTDOWN_DELAY_SECONDS: '0',
      ...settings,
    },
    stdio: ['ignore', output, output, 'ipc'],
    // Its own group: an interrupt typed at the terminal must reach us alone, because the order matters.
    detached: true,
  });
  const ended = once(child, 'exit');
  return {
    child,
    port,
    ended,
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      await ended;
      clearTimeout(timer);
      return child.exitCode;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Whether the program that answers on this port says that it is ready. */
export const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) }).then(
    async (response) => {
      await response.body?.cancel();
      return response.ok;
    },
    () => false,
  );

/** Waits until the program says that it is ready. @throws where it ends first, or takes longer than the limit. */
export async function untilReady({ child, port }: Program, limitMs = 30_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await isReady(port))) {
    if (child.exitCode !== null)
      throw new Error(`the program ended with ${child.exitCode} before it was ready`);
    if (performance.now() > deadline) throw new Error(`the program was not ready after ${limitMs / 1000} s`);
    await pause(POLL_MS);
  }
}
