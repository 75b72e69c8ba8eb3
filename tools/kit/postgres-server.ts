import { chmod, chown, cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findBinaries } from '../../src/standalone/binaries.ts';
import { createCluster, SUPERUSER } from '../../src/standalone/cluster.ts';
import { SHARED_DIR } from '../../src/standalone/data-directory.ts';
import { findFreePort } from '../../src/standalone/ports.ts';
import { spawnServer, type ServerProcess } from '../../src/standalone/server-process.ts';
import { chooseServerUser, type ServerUser } from '../../src/standalone/binaries.ts';
import { startReaper } from '../../src/standalone/reaper.ts';
import { killTree, signalTree } from './process-tree.ts';
import { withServer } from './server.ts';

const READY_TIMEOUT_MS = 60_000;
const PASSWORD = 'of-a-server-on-loopback';

/** A PostgreSQL server that is there to be killed, filled, promoted and started again on the same data and port. */
export interface PostgresServer {
  /** A superuser's, of the database `postgres`. */
  readonly url: string;
  readonly port: number;
  /** Where its data is. */
  readonly cluster: string;
  /** Starts it on the data that it has, after it has ended. Resolves when it takes connections. */
  readonly start: () => Promise<void>;
  /** A fast stop: transactions in progress are rolled back, the rest is written. */
  readonly stop: () => Promise<void>;
  /** An immediate stop: no checkpoint, no goodbye. It recovers at the next start. */
  readonly stopImmediately: () => Promise<void>;
  /** SIGKILL to the server and to each of its processes, as if the machine had lost its power. */
  readonly kill: () => Promise<void>;
  /** Holds the server and each of its processes still, or lets them go on. */
  readonly freeze: () => Promise<void>;
  readonly thaw: () => Promise<void>;
  /** Resolves when the server that was started last has ended, however that came. */
  readonly ended: () => Promise<void>;
  /** Stops it where it runs, and removes its data. */
  readonly close: () => Promise<void>;
}

export interface PostgresServerOptions {
  readonly settings?: Readonly<Record<string, string>>;
  /** Where its directory is made. @default the system's directory for temporary files */
  readonly parent?: string;
  /** The data of a server that is stopped, to begin with instead of an empty cluster. */
  readonly copyOf?: string;
  /** Called with the data directory before the first start. */
  readonly prepare?: (cluster: string) => Promise<void>;
}

/** Small, so that a start and a recovery take a second; none of it has to survive the machine. */
const SMALL: Readonly<Record<string, string>> = {
  fsync: 'off',
  shared_buffers: '32MB',
  max_connections: '100',
};

export async function openPostgresServer(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const user = await chooseServerUser();
  const binaries = await findBinaries(user, SHARED_DIR);
  const directory = await mkdtemp(join(options.parent ?? tmpdir(), 'session-engine-server-'));
  // Where root runs this, another user runs the server and must pass through.
  await chmod(directory, 0o711);
  const cluster = await layDown(
    directory,
    options,
    (location) => createCluster(binaries, { ...location, sharedDir: SHARED_DIR, user, durable: false }),
    user,
  );
  await options.prepare?.(cluster);
  const port = await findFreePort();
  const url = `postgresql://${SUPERUSER}:${PASSWORD}@127.0.0.1:${port}/postgres`;
  let server = await spawnAndWait();
  let callOff = startReaper(server.pid, [directory]);

  async function spawnAndWait(): Promise<ServerProcess> {
    const settings = { ...SMALL, ...options.settings };
    const logFile = join(directory, 'postgres.log');
    const spawned = await spawnServer({
      postgres: binaries.postgres,
      cluster,
      user,
      port,
      settings,
      logFile,
      foreignPid: undefined,
    });
    await untilItAnswers(url, spawned);
    return spawned;
  }
  async function end(how: (running: ServerProcess) => Promise<void> | void): Promise<void> {
    callOff();
    await how(server);
    await server.exited;
  }
  return {
    url,
    port,
    cluster,
    start: async () => {
      server = await spawnAndWait();
      callOff = startReaper(server.pid, [directory]);
    },
    stop: () => end((running) => running.stop()),
    stopImmediately: () => end(({ pid }) => void process.kill(pid, 'SIGQUIT')),
    kill: () => end(({ pid }) => killTree(pid)),
    freeze: () => signalTree(server.pid, 'SIGSTOP'),
    thaw: () => signalTree(server.pid, 'SIGCONT'),
    ended: () => server.exited,
    close: async () => {
      // One that is held still would never hear of it.
      await signalTree(server.pid, 'SIGCONT');
      await end((running) => running.stop());
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The data directory: an empty cluster, or the copy of another that the server's user may have. */
async function layDown(
  directory: string,
  { copyOf }: PostgresServerOptions,
  create: (location: { dataDir: string; password: string }) => Promise<string>,
  user: ServerUser,
): Promise<string> {
  if (copyOf === undefined) return create({ dataDir: directory, password: PASSWORD });
  const cluster = join(directory, 'postgres');
  await cp(copyOf, cluster, { recursive: true });
  if (!('uid' in user)) return cluster;
  const inside = await readdir(cluster, { recursive: true });
  for (const path of ['', ...inside]) await chown(join(cluster, path), user.uid, user.gid);
  return cluster;
}

async function untilItAnswers(url: string, server: ServerProcess): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  const ended = server.exited.then(() => true);
  for (;;) {
    const isReady = await withServer(url, (client) => client.query('SELECT 1')).then(
      () => true,
      () => false,
    );
    if (isReady) return;
    if ((await Promise.race([ended, pause(20, false)])) || performance.now() > deadline)
      throw new Error(`PostgreSQL did not start: ${await server.reason()}`);
  }
}
