import { join, resolve } from 'node:path';
import { findBinaries } from './binaries.ts';
import type { Binaries } from './binaries.ts';
import { SUPERUSER, createCluster, findCluster, ownerOf } from './cluster.ts';
import { endEarlierRun } from './earlier-run.ts';
import { SHARED_DIR, prepareDataDir } from './place.ts';
import { ensureDatabase } from './run-lock.ts';
import { readOrCreateSecret, readSecret } from './secret-file.ts';
import { chooseServerUser } from './server-user.ts';
import type { ServerUser } from './server-user.ts';
import { SetupError } from './setup-error.ts';
import { startServer } from './start-server.ts';

const DATABASE = 'sessions';

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  /** Progress, in whole lines. */
  readonly log: (line: string) => void;
  /** Where files go that the server's user could not reach otherwise; by default below /var/lib. */
  readonly sharedDir?: string;
  /** Settings of the server, by their PostgreSQL names. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  readonly url: string;
  readonly pid: number;
  /** The directory that holds the data; below DATA_DIR, unless the server's user cannot reach that. */
  readonly cluster: string;
  /** Settles when the server's process has ended, whether it was asked to or not. */
  readonly exited: Promise<void>;
  /** A fast shutdown of the server. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL server of our own on the loopback interface, with its data and its random password
 * in DATA_DIR, and recovers whatever an earlier run left there. Throws a SetupError, whose message is one
 * line for the operator, where that cannot be done.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  await prepareDataDir(dataDir);
  const { binaries, user, cluster, password } = await install(dataDir, options);
  const { foreignPid } = await endEarlierRun(cluster, password, dataDir, options.log);
  const { server, port, release } = await startServer(
    {
      postgres: binaries.postgres,
      cluster,
      user,
      settings: options.settings ?? {},
      logFile: join(dataDir, 'logs', 'postgres.log'),
      foreignPid,
    },
    password,
    dataDir,
  );
  let stopping: Promise<void> | undefined;
  try {
    await ensureDatabase(port, password, DATABASE);
  } catch (error) {
    await server.stop();
    throw error;
  }
  options.log(`PostgreSQL runs on port ${port}, its data is in ${cluster}`);
  return {
    url: urlOf(port, password),
    pid: server.pid,
    cluster,
    exited: server.exited,
    stop: () => (stopping ??= release().then(() => server.stop())),
  };
}

/** Where the product's database is on a server of ours. */
export const urlOf = (port: number, password: string): string =>
  `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${DATABASE}`;

interface Installation {
  readonly binaries: Binaries;
  readonly user: ServerUser;
  readonly cluster: string;
  readonly password: string;
}

/** Finds the programs and the cluster; makes the cluster and its password at the first start. */
async function install(dataDir: string, options: EmbeddedPostgresOptions): Promise<Installation> {
  const passwordFile = join(dataDir, 'postgres-password');
  const known = await findCluster(dataDir);
  const sharedDir = options.sharedDir ?? SHARED_DIR;
  const chosen = await chooseServerUser();
  const user = known === undefined ? chosen : await ownerOf(known, chosen);
  const binaries = await findBinaries(user, sharedDir);
  if (known !== undefined) {
    const password = await readSecret(passwordFile);
    if (password === undefined) {
      throw new SetupError(`the password of the database is gone: put ${passwordFile} back`);
    }
    return { binaries, user, cluster: known, password };
  }
  options.log('creating the database, this takes a moment');
  const password = await readOrCreateSecret(passwordFile);
  const durable = options.settings?.['fsync'] !== 'off';
  const cluster = await createCluster(binaries, { dataDir, sharedDir, user, password, durable });
  return { binaries, user: await ownerOf(cluster, user), cluster, password };
}
