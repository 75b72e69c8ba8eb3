import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { TcpProxy } from '../../kit/tcp-proxy.ts';
import type { Guard } from './guard.ts';
import { spawnProgram } from './spawn-program.ts';

export type ProgramKind = 'api' | 'worker';

/** A place for one of the product's processes. Whoever dies in it is replaced at once, as an orchestrator would. */
export interface ProgramSeat {
  readonly name: string;
  readonly kind: ProgramKind;
  readonly port: number;
  /** This process's own ways. */
  readonly postgres: TcpProxy;
  readonly redis: TcpProxy;
  /** SIGKILL, in this very turn. */
  kill(): void;
  freeze(): void;
  thaw(): void;
  blockEventLoop(durationMs: number): void;
  /** SIGTERM, and then a new one, with its clock off by so much. */
  replace(clockShiftMs: number): Promise<Farewell>;
  isReady(): Promise<boolean>;
  untilReady(timeoutMs: number): Promise<void>;
  readonly counts: ExitCounts;
  stop(): Promise<void>;
}

/** How a process went that was asked to. */
export interface Farewell {
  readonly exitCode: number | null;
  readonly tookMs: number;
}

export interface ExitCounts {
  killed: number;
  asked: number;
  /** Nobody had asked it to. */
  byItself: number;
}

export interface SeatOptions {
  readonly name: string;
  readonly kind: ProgramKind;
  readonly port: number;
  readonly postgres: TcpProxy;
  readonly redis: TcpProxy;
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly logFile: string;
  readonly guard: Guard;
}

/** What an orchestrator gives a process to end, as docs/operating.md asks for. */
export const STOP_LIMIT_MS = 45_000;
const READY_TIMEOUT_MS = 1_000;
const CRASHED_AGAIN_AFTER_MS = 250;

export function takeSeat(options: SeatOptions): ProgramSeat {
  const { name, kind, port, postgres, redis, guard } = options;
  const blockFile = join(options.directory, `${name}-block`);
  const counts: ExitCounts = { killed: 0, asked: 0, byItself: 0 };
  let clockShiftMs = 0;
  let isOpen = true;
  let expected: 'killed' | 'asked' | null = null;
  let child = start();

  function start(): ChildProcess {
    const started = spawnProgram(options, blockFile, clockShiftMs);
    const { pid } = started;
    expected = null;
    if (pid !== undefined) guard.watch(pid);
    started.once('exit', () => {
      if (pid !== undefined) guard.forget(pid);
      counts[expected ?? 'byItself'] += 1;
      if (expected === null) setTimeout(startAgain, CRASHED_AGAIN_AFTER_MS);
      else startAgain();
    });
    return started;
  }
  function startAgain(): void {
    if (isOpen) child = start();
  }
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const kill = (): void => {
    // Nobody is there to be killed while the next one is on its way.
    if (isGone() || expected === 'killed') return;
    expected = 'killed';
    child.kill('SIGKILL');
  };

  return {
    name,
    kind,
    port,
    postgres,
    redis,
    counts,
    kill,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    blockEventLoop: (durationMs) => {
      writeFileSync(blockFile, String(durationMs));
      child.kill('SIGUSR2');
    },
    replace: async (shiftMs) => {
      clockShiftMs = shiftMs;
      const leaving = child;
      const startedAt = performance.now();
      if (!isGone()) {
        expected = 'asked';
        await end(leaving);
      }
      return { exitCode: leaving.exitCode, tookMs: performance.now() - startedAt };
    },
    isReady: () => isReady(port),
    untilReady: (timeoutMs) => untilReady(name, port, timeoutMs),
    stop: async () => {
      isOpen = false;
      if (isGone()) return;
      const exited = once(child, 'exit');
      expected = 'asked';
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** SIGTERM, and SIGKILL where it takes too long. */
async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await exited;
  clearTimeout(timer);
}

const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(READY_TIMEOUT_MS) }).then(
    async (response) => {
      await response.body?.cancel();
      return response.ok;
    },
    () => false,
  );

async function untilReady(name: string, port: number, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await isReady(port))) {
    if (performance.now() > deadline) throw new Error(`${name} is not ready after ${timeoutMs} ms`);
    await pause(50);
  }
}
