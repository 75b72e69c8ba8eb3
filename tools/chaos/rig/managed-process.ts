import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startReaper } from '../../../src/standalone/reaper.ts';
import { isReady, type Program, spawnProgram } from '../../kit/product-program.ts';
import type { TcpProxy } from '../../kit/tcp-proxy.ts';

export type ProgramKind = 'api' | 'worker';

/** One of the product's processes. When it dies it is started again at once, as an orchestrator would. */
export interface ManagedProcess {
  readonly name: string;
  readonly kind: ProgramKind;
  readonly port: number;
  /** This process's own ways. */
  readonly postgres: TcpProxy;
  readonly redis: TcpProxy;
  /** SIGKILL, in this very turn. */
  readonly kill: () => void;
  readonly freeze: () => void;
  readonly thaw: () => void;
  readonly blockEventLoop: (durationMs: number) => void;
  /** SIGTERM, and then a new one whose clock is off by this much. */
  readonly replace: (clockShiftMs: number) => Promise<Stopped>;
  readonly isReady: () => Promise<boolean>;
  readonly untilReady: (timeoutMs: number) => Promise<void>;
  readonly exits: ExitCounts;
  readonly stop: () => Promise<void>;
}

/** How a process ended that was asked to. */
export interface Stopped {
  readonly exitCode: number | null;
  readonly tookMs: number;
}

export interface ExitCounts {
  killed: number;
  asked: number;
  /** Nobody had asked it to. */
  byItself: number;
}

export interface ManagedProcessOptions {
  readonly name: string;
  readonly kind: ProgramKind;
  readonly port: number;
  readonly postgres: TcpProxy;
  readonly redis: TcpProxy;
  readonly settings: Readonly<Record<string, string>>;
  /** For its log, and what our preloads need. */
  readonly directory: string;
}

/** What an orchestrator gives a process to end, as docs/operating.md asks for. */
export const STOP_LIMIT_MS = 45_000;
const CRASHED_AGAIN_AFTER_MS = 250;
/** Where the runner is killed: how long its processes have to end in order. */
const ORPHAN_LIMIT_MS = 1_000;
const SCRIPTS = { api: 'src/server.ts', worker: 'workers/worker.ts' } as const;

const preload = (name: string): readonly string[] => [
  '--import',
  new URL(`../preload/${name}.ts`, import.meta.url).href,
];

export function manageProcess(options: ManagedProcessOptions): ManagedProcess {
  const { name, kind, port, postgres, redis } = options;
  const blockFile = join(options.directory, `${name}-block`);
  const exits: ExitCounts = { killed: 0, asked: 0, byItself: 0 };
  let clockShiftMs = 0;
  let isOpen = true;
  let expected: 'killed' | 'asked' | null = null;
  let program = start();

  function start(): Program {
    const started = spawnWithPreloads(options, blockFile, clockShiftMs);
    const { pid } = started.child;
    const callOff = pid === undefined ? null : startReaper(pid, [], ORPHAN_LIMIT_MS);
    expected = null;
    started.child.once('exit', () => {
      callOff?.();
      exits[expected ?? 'byItself'] += 1;
      if (expected === null) setTimeout(startAgain, CRASHED_AGAIN_AFTER_MS);
      else startAgain();
    });
    return started;
  }
  function startAgain(): void {
    if (isOpen) program = start();
  }
  const isGone = (): boolean => program.child.exitCode !== null || program.child.signalCode !== null;
  const kill = (): void => {
    // While the next one is on its way there is nothing to kill.
    if (isGone() || expected === 'killed') return;
    expected = 'killed';
    program.child.kill('SIGKILL');
  };

  return {
    name,
    kind,
    port,
    postgres,
    redis,
    exits,
    kill,
    freeze: () => void program.child.kill('SIGSTOP'),
    thaw: () => void program.child.kill('SIGCONT'),
    blockEventLoop: (durationMs) => {
      writeFileSync(blockFile, String(durationMs));
      program.child.kill('SIGUSR2');
    },
    replace: async (shiftMs) => {
      clockShiftMs = shiftMs;
      const leaving = program;
      const startedMs = performance.now();
      if (!isGone()) {
        expected = 'asked';
        await leaving.stop();
      }
      return { exitCode: leaving.child.exitCode, tookMs: performance.now() - startedMs };
    },
    isReady: () => isReady(port),
    untilReady: (timeoutMs) => untilReady(name, port, timeoutMs),
    stop: async () => {
      isOpen = false;
      if (isGone()) return;
      expected = 'asked';
      await program.kill();
    },
  };
}

function spawnWithPreloads(
  { name, kind, port, directory, settings }: ManagedProcessOptions,
  blockFile: string,
  clockShiftMs: number,
): Program {
  const logFd = openSync(join(directory, `${name}.log`), 'a');
  const shift = clockShiftMs === 0 ? [] : preload('shift-clock');
  const all = {
    ...settings,
    // A process that is killed every few seconds need not compile everything anew each time.
    NODE_COMPILE_CACHE: join(directory, 'compiled'),
    CHAOS_BLOCK_FILE: blockFile,
    CHAOS_CLOCK_SHIFT_MS: String(clockShiftMs),
  };
  const nodeArguments = [...preload('block-event-loop'), ...shift];
  const program = spawnProgram(SCRIPTS[kind], all, { port, nodeArguments, logFd });
  closeSync(logFd);
  return program;
}

async function untilReady(name: string, port: number, timeoutMs: number): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!(await isReady(port))) {
    if (performance.now() > deadlineMs) throw new Error(`${name} is not ready after ${timeoutMs} ms`);
    await pause(50);
  }
}
