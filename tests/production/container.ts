import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import type { Image } from './image.ts';
import type { Environment } from './interpolate.ts';

const run = promisify(execFile);
const COMMAND_TIMEOUT_MS = 60_000;

/** The user `node` of the image. Only root can be another user. */
const USER = process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : {};

export interface Outcome {
  readonly exitCode: number;
  readonly output: string;
}

/** A process of the image, with the environment of the image and its service's, and no other. */
export interface Container {
  /** Everything printed so far. */
  readonly output: () => string;
  /** SIGTERM, then how it ended and how long that took. */
  readonly stop: () => Promise<Outcome & { readonly tookMs: number }>;
  /** SIGKILL. Safe to repeat. */
  readonly kill: () => Promise<void>;
}

export function startContainer(
  image: Image,
  [program = '', ...args]: readonly string[],
  environment: Environment,
): Container {
  const child = spawn(program, args, {
    cwd: image.workdir,
    env: { PATH: image.path, ...image.stage.environment, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...USER,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  const closed = once(child, 'close');
  return {
    output: () => output,
    stop: async () => {
      const startMs = performance.now();
      child.kill(image.stage.stopSignal === 'SIGTERM' ? 'SIGTERM' : 'SIGKILL');
      await closed;
      return { exitCode: child.exitCode ?? -1, output, tookMs: performance.now() - startMs };
    },
    kill: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** Runs a command to its end, as `docker compose run` and a health check do. */
export function runToItsEnd(
  image: Image,
  [program = '', ...args]: readonly string[],
  environment: Environment,
): Promise<Outcome> {
  return outcomeOf(
    run(program, args, {
      cwd: image.workdir,
      env: { PATH: image.path, ...image.stage.environment, ...environment },
      timeout: COMMAND_TIMEOUT_MS,
      ...USER,
    }),
  );
}

/** How a program of this machine ends. */
export const outcomeOf = (running: Promise<{ stdout: string; stderr: string }>): Promise<Outcome> =>
  running.then(
    ({ stdout, stderr }) => ({ exitCode: 0, output: stdout + stderr }),
    (error: unknown) => {
      if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'number') throw error;
      return { exitCode: error.code, output: error.message };
    },
  );
