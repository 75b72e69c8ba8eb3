import { type ChildProcess, spawn } from 'node:child_process';
import { sleep } from '../async/sleep.ts';

const DRAIN_TIMEOUT_MS = 30_000;
const RESTART_DELAYS_MS = [1_000, 2_000, 4_000, 8_000, 16_000];
const STEADY_AFTER_MS = 60_000;
const END_WITH_PARENT = new URL('end-with-parent.ts', import.meta.url).href;

/** One of the processes that make up the running product. */
export interface Member {
  readonly name: string;
  /** Settles when the process has ended, with what is known about why. */
  readonly ended: Promise<string>;
  /** Asks the process to finish its work and waits until it has ended. Idempotent. */
  stop(): Promise<void>;
}

/** Why a group stops: it was asked to, or a member has ended by itself. */
export type Over =
  { readonly kind: 'asked' } | { readonly kind: 'failed'; readonly member: string; readonly how: string };

/** Processes that live and die together. A member that ends by itself ends the group. */
export interface ProcessGroup {
  readonly over: Promise<Over>;
  isOver(): boolean;
  add(member: Member): void;
  /** Stops the members one after the other, the last one first. */
  stop(): Promise<void>;
}

export function createProcessGroup(stopRequested: AbortSignal): ProcessGroup {
  const members: Member[] = [];
  const { promise: over, resolve } = Promise.withResolvers<Over>();
  let isOver = false;
  const end = (reason: Over): void => {
    isOver = true;
    resolve(reason);
  };
  if (stopRequested.aborted) end({ kind: 'asked' });
  stopRequested.addEventListener('abort', () => end({ kind: 'asked' }), { once: true });
  return {
    over,
    isOver: () => isOver,
    add(member) {
      members.push(member);
      void member.ended.then((how) => end({ kind: 'failed', member: member.name, how }));
    },
    async stop() {
      for (const member of members.toReversed()) {
        await member.stop();
      }
    },
  };
}

export interface SpawnOptions {
  readonly name: string;
  /** Path of the program, run by the same Node. */
  readonly script: string;
  readonly arguments?: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/** Starts a program as a member; what it prints is printed here. SIGTERM asks it to finish its work. */
export function spawnMember(options: SpawnOptions): Member {
  const { script, arguments: more = [] } = options;
  const child = spawn(process.execPath, ['--import', END_WITH_PARENT, script, ...more], {
    env: options.environment,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // Its own group: an interrupt typed at the terminal must reach us alone, because the order matters.
    detached: true,
  });
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code === null ? `signal ${signal}` : `exit code ${code}`));
    child.once('error', (error) => resolve(error.message));
  });
  return memberOf(options.name, child, ended);
}

/** A running program as a member: SIGTERM asks it to finish its work, and SIGKILL follows where it takes too long. */
export function memberOf(name: string, child: ChildProcess, ended: Promise<string>): Member {
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), DRAIN_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  };
  let stopping: Promise<void> | undefined;
  return { name, ended, stop: () => (stopping ??= stop()) };
}

export interface RestartOptions {
  /** One line for each new start. */
  readonly print: (line: string) => void;
  /** Before the first new start, the second and so on; when they are used up, the member has ended. */
  readonly delaysMs?: readonly number[];
  /** One that ran as long as this begins with the first delay again. */
  readonly steadyAfterMs?: number;
}

/** A member that is started again when it ends by itself, later each time, and given up when that does not help. */
export function restarting(start: () => Member, options: RestartOptions): Member {
  const { print, delaysMs = RESTART_DELAYS_MS, steadyAfterMs = STEADY_AFTER_MS } = options;
  const stopping = new AbortController();
  let current = start();
  const { name } = current;

  async function run(): Promise<string> {
    let failures = 0;
    for (;;) {
      const startMs = performance.now();
      const how = await current.ended;
      if (stopping.signal.aborted) return how;
      failures = performance.now() - startMs >= steadyAfterMs ? 1 : failures + 1;
      const delayMs = delaysMs[failures - 1];
      if (delayMs === undefined) return `${how}, ${failures} times in a row`;
      print(
        `${name} ended by itself (${how}): another one starts in ${delayMs / 1000} s, try ${failures} of ${delaysMs.length}`,
      );
      await sleep(delayMs, stopping.signal);
      if (stopping.signal.aborted) return how;
      current = start();
    }
  }

  const ended = run();
  return {
    name,
    ended,
    stop: async () => {
      stopping.abort();
      await current.stop();
      await ended;
    },
  };
}
