import { setTimeout as delay } from 'node:timers/promises';
import { readPostmaster } from './cluster.ts';
import { isErrno } from './errno.ts';
import { isAlive, isServerOf, waitUntilGone } from './process-state.ts';
import { tryRunLock } from './run-lock.ts';
import { SetupError } from './setup-error.ts';

const ANSWER_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 100;
/** So young a server may belong to a run that is about to take its claim. */
const SETTLED_AGE_MS = 2_000;

const AUTHENTICATION_FAILED = '28P01';

/** What was found of an earlier run. */
export interface EarlierRun {
  /** The number in `postmaster.pid`, where it has become another program's. */
  readonly foreignPid: number | undefined;
}

/**
 * Stops, in order, the server of an earlier run that was killed and left its server behind. Throws a
 * SetupError where the run is still alive: two runs cannot share one DATA_DIR.
 */
export async function endEarlierRun(
  cluster: string,
  password: string,
  dataDir: string,
  log: (line: string) => void,
): Promise<EarlierRun> {
  const deadline = performance.now() + ANSWER_TIMEOUT_MS;
  for (;;) {
    const postmaster = await readPostmaster(cluster);
    if (postmaster === undefined || !isAlive(postmaster.pid)) {
      return { foreignPid: undefined };
    }
    if (!(await isServerOf(postmaster.pid, cluster))) {
      return { foreignPid: postmaster.pid };
    }
    if (await isAbandoned(postmaster.port, password, dataDir)) {
      log('stopping the database server that an earlier run left behind');
      await stop(postmaster.pid, cluster);
    } else if (performance.now() > deadline) {
      throw new SetupError(
        `DATA_DIR ${dataDir} is in use by a database server that does not answer (process ${postmaster.pid}): stop it, or choose another DATA_DIR`,
      );
    } else {
      await delay(POLL_MS);
    }
  }
}

/** False where that cannot be told yet: the server is starting, stopping, or very young. */
async function isAbandoned(port: number, password: string, dataDir: string): Promise<boolean> {
  try {
    const lock = await tryRunLock(port, password);
    if (lock.release === undefined) {
      throw new SetupError(
        `DATA_DIR ${dataDir} is in use by another run: stop that one, or choose another DATA_DIR`,
      );
    }
    await lock.release();
    return lock.serverAgeMs > SETTLED_AGE_MS;
  } catch (error) {
    if (isErrno(error, AUTHENTICATION_FAILED)) {
      throw new SetupError(
        `DATA_DIR ${dataDir} is in use by a database server that does not take the password in ${dataDir}/postgres-password: put the right one back, or choose another DATA_DIR`,
        { cause: error },
      );
    }
    if (error instanceof SetupError) {
      throw error;
    }
    return false;
  }
}

async function stop(pid: number, cluster: string): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    process.kill(pid, signal);
    if (await waitUntilGone(pid, cluster, STOP_TIMEOUT_MS)) {
      return;
    }
  }
  throw new SetupError(
    `the database server of an earlier run (process ${pid}) does not stop: stop it by hand`,
  );
}
