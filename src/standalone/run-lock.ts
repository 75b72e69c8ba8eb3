import { Client } from 'pg';
import { sleep } from '../async/sleep.ts';
import { SUPERUSER } from './cluster.ts';
import { isErrno, SetupError } from './errors.ts';
import { isAlive, isServerOf, readPostmaster, waitUntilGone } from './server-process.ts';

/** An arbitrary number that no other advisory lock in the database `postgres` uses. */
const RUN_LOCK = 7_261_400_183;
const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 100;
/** A younger server may belong to a run that is about to take the lock. */
const SETTLED_AGE_MS = 2_000;

const AUTHENTICATION_FAILED = '28P01';

/** A run's lock on its server. PostgreSQL drops it when the run's process is gone, even after SIGKILL. */
export interface RunLock {
  /** Undefined where another run holds the lock. */
  readonly release: (() => Promise<void>) | undefined;
  readonly serverAgeMs: number;
}

export async function tryRunLock(port: number, password: string): Promise<RunLock> {
  const client = await connect(port, password);
  try {
    const { rows } = await client.query<{ locked: boolean; age_ms: number }>(
      `SELECT pg_try_advisory_lock($1) AS locked,
              extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8 * 1000 AS age_ms`,
      [RUN_LOCK],
    );
    const [row] = rows;
    const serverAgeMs = row?.age_ms ?? 0;
    if (row?.locked === true) return { release: () => client.end(), serverAgeMs };
    await client.end();
    return { release: undefined, serverAgeMs };
  } catch (error) {
    await client.end();
    throw error;
  }
}

export async function connect(port: number, password: string): Promise<Client> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: SUPERUSER,
    password,
    database: 'postgres',
    application_name: 'embedded',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  // The server may end at any time. Its process is watched elsewhere.
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** What a server of an earlier run has left when it is gone. */
export interface StaleServer {
  /** The number in `postmaster.pid`, where it has become another program's. */
  readonly foreignPid: number | undefined;
}

/**
 * Stops, in order, the server of an earlier run that was killed and left its server behind. Throws a
 * SetupError where the run is still alive: two runs cannot share one DATA_DIR.
 */
export async function stopStaleServer(
  cluster: string,
  password: string,
  dataDir: string,
  log: (line: string) => void,
): Promise<StaleServer> {
  const deadlineMs = performance.now() + ANSWER_TIMEOUT_MS;
  for (;;) {
    const postmaster = await readPostmaster(cluster);
    if (postmaster === undefined || !isAlive(postmaster.pid)) return { foreignPid: undefined };
    if (!(await isServerOf(postmaster.pid, cluster))) return { foreignPid: postmaster.pid };
    if (await isAbandoned(postmaster.port, password, dataDir)) {
      log('stopping the database server that an earlier run left behind');
      await stop(postmaster.pid, cluster);
    } else if (performance.now() > deadlineMs) {
      throw new SetupError(
        `DATA_DIR ${dataDir} is in use by a database server that does not answer (process ${postmaster.pid}): stop it, or choose another DATA_DIR`,
      );
    } else {
      await sleep(POLL_MS);
    }
  }
}

/** False where that is not known yet: the server is starting, stopping, or very young. */
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
        `DATA_DIR ${dataDir} is in use by a database server that does not accept the password in ${dataDir}/postgres-password: put the right one back, or choose another DATA_DIR`,
        { cause: error },
      );
    }
    if (error instanceof SetupError) throw error;
    return false;
  }
}

async function stop(pid: number, cluster: string): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    process.kill(pid, signal);
    if (await waitUntilGone(pid, cluster, STOP_TIMEOUT_MS)) return;
  }
  throw new SetupError(
    `the database server of an earlier run (process ${pid}) does not stop: stop it by hand`,
  );
}
