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

/** A member that can also be ended as a crash ends it. */
export interface Program extends Member {
  /** SIGKILL: no time to finish anything. */
  kill(): Promise<void>;
}

export interface SpawnOptions {
  readonly name: string;
  /** Path of the program, run by the same Node. */
  readonly script: string;
  readonly arguments?: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** What the program says with `process.send`. */
  readonly onMessage?: (message: unknown, answer: (message: object) => void) => void;
}

/** Starts a program as a member; what it prints is printed here. SIGTERM asks it to finish its work. */
export function spawnMember(options: SpawnOptions): Program {
  const { script, arguments: more = [], onMessage } = options;
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
  // The callback ignores an error: the program may have ended meanwhile.
  child.on('message', (message) => onMessage?.(message, (answer) => child.send(answer, () => {})));
  return {
    ...memberOf(options.name, child, ended),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** A running program as a member: SIGTERM asks it to finish its work, and SIGKILL follows where it takes too long. */
function memberOf(name: string, child: ChildProcess, ended: Promise<string>): Member {
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

export interface RestartingMember extends Member {
  /** Kills it, and starts no other until `resume`. Safe to repeat. */
  pause(): Promise<void>;
  resume(): void;
}

/** A member that is started again when it ends by itself, later each time, and given up when that does not help. */
export function restarting(start: () => Program, options: RestartOptions): RestartingMember {
  const { print, delaysMs = RESTART_DELAYS_MS, steadyAfterMs = STEADY_AFTER_MS } = options;
  const stopping = new AbortController();
  let current = start();
  /** Resolves at the end of the pause that is on. */
  let pause: PromiseWithResolvers<void> | null = null;
  const { name } = current;
  const resume = (): void => {
    pause?.resolve();
    pause = null;
  };

  /** Waits until another one may start. Gives why none may any more, or null. */
  async function untilNext(how: string, failures: number): Promise<string | null> {
    const delayMs = delaysMs[failures - 1];
    if (failures > 0 && delayMs === undefined) return `${how}, ${failures} times in a row`;
    if (delayMs !== undefined) {
      print(
        `${name} ended by itself (${how}): another one starts in ${delayMs / 1000} s, try ${failures} of ${delaysMs.length}`,
      );
      await sleep(delayMs, stopping.signal);
    }
    await pause?.promise;
    return stopping.signal.aborted ? how : null;
  }

  async function run(): Promise<string> {
    let failures = 0;
    for (;;) {
      const startMs = performance.now();
      const how = await current.ended;
      if (stopping.signal.aborted) return how;
      const wasSteady = performance.now() - startMs >= steadyAfterMs;
      failures = pause === null ? (wasSteady ? 1 : failures + 1) : 0;
      const over = await untilNext(how, failures);
      if (over !== null) return over;
      current = start();
    }
  }

  const ended = run();
  return {
    name,
    ended,
    pause: async () => {
      pause ??= Promise.withResolvers();
      await current.kill();
    },
    resume,
    stop: async () => {
      stopping.abort();
      resume();
      await current.stop();
      await ended;
    },
  };
}
