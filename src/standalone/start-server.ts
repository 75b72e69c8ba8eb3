import { sleep } from '../async/sleep.ts';
import { SetupError } from './errors.ts';
import { findFreePort } from './ports.ts';
import { tryRunLock } from './run-lock.ts';
import { type ServerOptions, type ServerProcess, spawnServer } from './server-process.ts';

const READY_TIMEOUT_MS = 120_000;
const READY_POLL_MS = 25;
const START_ATTEMPTS = 20;
const START_AGAIN_AFTER_MS = 250;

export interface RunningServer {
  readonly server: ServerProcess;
  readonly port: number;
  /** Gives up the run's lock; the server's end does so, too. */
  readonly release: () => Promise<void>;
}

type Outcome =
  | { readonly kind: 'ready'; readonly release: () => Promise<void> }
  | { readonly kind: 'ended'; readonly reason: string };

/** Starts the server on a free port and locks it for this run. Returns when it takes connections. */
export async function startServer(
  options: Omit<ServerOptions, 'port'>,
  password: string,
  dataDir: string,
): Promise<RunningServer> {
  let reason = '';
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt += 1) {
    const port = await findFreePort();
    const server = await spawnServer({ ...options, port });
    const outcome = await untilReady(server, port, password);
    if (outcome.kind === 'ready') return { server, port, release: outcome.release };
    reason = outcome.reason;
    await waitOrThrow(reason, dataDir);
  }
  throw didNotStart(reason, options.logFile);

  async function waitOrThrow(words: string, directory: string): Promise<void> {
    if (words.includes('lock file "postmaster.pid" already exists')) {
      throw new SetupError(
        `DATA_DIR ${directory} is in use by another run: stop that one, or choose another DATA_DIR`,
      );
    }
    if (words.includes('pre-existing shared memory block')) {
      // The server of an earlier run was killed, and the last of its helpers have not noticed yet.
      await sleep(START_AGAIN_AFTER_MS);
      return;
    }
    // Another program took the port meanwhile. Anything else will not pass by itself.
    if (!words.includes('could not create any TCP/IP sockets')) throw didNotStart(words, options.logFile);
  }
}

async function untilReady(server: ServerProcess, port: number, password: string): Promise<Outcome> {
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  const ended = server.exited.then(() => true);
  for (;;) {
    const release = await takeRunLock(port, password);
    if (release !== undefined) return { kind: 'ready', release };
    if (performance.now() > deadlineMs) await server.stop();
    if (await Promise.race([ended, sleep(READY_POLL_MS).then(() => false)]))
      return { kind: 'ended', reason: await server.reason() };
  }
}

/** Takes the run's lock; it is held until the server or this process ends. */
async function takeRunLock(port: number, password: string): Promise<(() => Promise<void>) | undefined> {
  try {
    return (await tryRunLock(port, password)).release;
  } catch {
    // Not listening yet, or still recovering: what matters is whether the process lives on.
    return undefined;
  }
}

function didNotStart(reason: string, logFile: string): SetupError {
  return new SetupError(`PostgreSQL did not start: ${reason.trim() || 'no reason given'} (see ${logFile})`);
}
