import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { escapeIdentifier } from 'pg';
import { type Binaries, chooseServerUser, findBinaries, type ServerUser } from './binaries.ts';
import { createCluster, findCluster, ownerOf, SUPERUSER } from './cluster.ts';
import { prepareDataDir, readOrCreateSecret, readSecret, SHARED_DIR } from './data-directory.ts';
import { SetupError } from './errors.ts';
import { startReaper } from './reaper.ts';
import { connect, stopStaleServer } from './run-lock.ts';
import { isServerOf, readPostmaster } from './server-process.ts';
import { startServer } from './start-server.ts';

const DATABASE = 'sessions';
const ENGINE = 'session_engine';

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
  /** Of a superuser, who owns the tables. */
  readonly url: string;
  /** Of the role that the API and the worker have, which owns nothing. */
  readonly engineUrl: string;
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
 * in DATA_DIR, and recovers what an earlier run left there. Throws a SetupError, whose message is one
 * line for the operator, where that cannot be done.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  await prepareDataDir(dataDir);
  const { binaries, user, cluster, password } = await install(dataDir, options);
  const { foreignPid } = await stopStaleServer(cluster, password, dataDir, options.log);
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
    engineUrl: urlOf(port, await readOrCreateSecret(join(dataDir, 'engine-password')), ENGINE),
    pid: server.pid,
    cluster,
    exited: server.exited,
    stop: () => (stopping ??= release().then(() => server.stop())),
  };
}

/** The URL of the product's database on a server of ours. */
const urlOf = (port: number, password: string, role: string = SUPERUSER): string =>
  `postgresql://${role}:${password}@127.0.0.1:${port}/${DATABASE}`;

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
    if (password === undefined)
      throw new SetupError(`the password of the database is gone: put ${passwordFile} back`);
    return { binaries, user, cluster: known, password };
  }
  options.log('creating the database, this takes a moment');
  const password = await readOrCreateSecret(passwordFile);
  const durable = options.settings?.['fsync'] !== 'off';
  const cluster = await createCluster(binaries, { dataDir, sharedDir, user, password, durable });
  return { binaries, user: await ownerOf(cluster, user), cluster, password };
}

/** The URL of the embedded server that runs on this DATA_DIR right now; null where none does. Starts nothing. */
export async function runningServerUrl(dataDir: string): Promise<string | null> {
  const cluster = await findCluster(dataDir);
  if (cluster === undefined) return null;
  const postmaster = await readPostmaster(cluster);
  if (postmaster === undefined || !(await isServerOf(postmaster.pid, cluster))) return null;
  const password = await readSecret(join(dataDir, 'postgres-password'));
  return password === undefined ? null : urlOf(postmaster.port, password);
}

/** Creates the database where it is missing. */
async function ensureDatabase(port: number, password: string, name: string): Promise<void> {
  const client = await connect(port, password);
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/**
 * A server whose data lasts as long as this process, in a directory of its own among the temporary files.
 * Server and data go with `stop`, and also where this process is killed before it can call it.
 */
export async function startTemporaryPostgres(
  options: Omit<EmbeddedPostgresOptions, 'dataDir'>,
): Promise<EmbeddedPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'session-engine-'));
  try {
    // Where root runs this, another user runs the server and must pass through.
    await chmod(dataDir, 0o711);
    const postgres = await startEmbeddedPostgres({ ...options, dataDir });
    const directories = [postgres.cluster, dataDir];
    const callOff = startReaper(postgres.pid, directories);
    let stopping: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      await postgres.stop();
      callOff();
      await Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true })));
    };
    return { ...postgres, stop: () => (stopping ??= stop()) };
  } catch (error) {
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  }
}
