import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chown,
  lstat,
  mkdir,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Binaries, canWrite, runsAsItself, type ServerUser } from './binaries.ts';
import { isErrno, SetupError } from './errors.ts';
import { isAlive } from './server-process.ts';

const run = promisify(execFile);
const INITDB_TIMEOUT_MS = 120_000;
const DRAFT_PREFIX = '.postgres-draft-';

export const SUPERUSER = 'postgres';

export interface ClusterOptions {
  readonly dataDir: string;
  /** Where files go that the server's user could not reach below `dataDir`. */
  readonly sharedDir: string;
  readonly user: ServerUser;
  readonly password: string;
  /** Whether the new files must survive a crash of the machine. */
  readonly durable: boolean;
}

/** The cluster that `DATA_DIR/postgres` is or points to, or undefined before the first start. */
export async function findCluster(dataDir: string): Promise<string | undefined> {
  const entry = join(dataDir, 'postgres');
  try {
    await lstat(entry);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    return await realpath(entry);
  } catch (error) {
    // Never begin anew behind the owner's back: the ledger was there.
    throw new SetupError(
      `the data is gone: ${entry} points to ${await readlink(entry)}, which cannot be read; put it back, or remove ${entry} to begin with an empty database`,
      { cause: error },
    );
  }
}

/**
 * Makes an empty cluster and gives its directory. It appears whole or not at all. Where the server's user
 * cannot reach DATA_DIR (root's home is closed to others), the cluster is made below `sharedDir` and
 * `DATA_DIR/postgres` points there.
 */
export async function createCluster(binaries: Binaries, options: ClusterOptions): Promise<string> {
  const entry = join(options.dataDir, 'postgres');
  const reachable = runsAsItself(options.user) || (await isReachable(options));
  const target = reachable ? entry : join(options.sharedDir, `data-${randomUUID()}`);
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  await removeAbandonedDrafts(dirname(target));
  const draft = join(dirname(target), `${DRAFT_PREFIX}${process.pid}-${randomUUID()}`);
  try {
    await initialise(binaries, draft, options);
    await rename(join(draft, 'cluster'), target);
    if (!reachable) await symlink(target, entry);
  } catch (error) {
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    // Another start with the same DATA_DIR was faster: its cluster is the one.
    if (!reachable) await rm(target, { recursive: true, force: true });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return realpath(entry);
}

/** The owner of a cluster is the only user that PostgreSQL lets run it. */
export async function ownerOf(cluster: string, user: ServerUser): Promise<ServerUser> {
  if (runsAsItself(user)) return user;
  const { uid, gid } = await stat(cluster);
  const owner = { uid, gid };
  if (!(await canWrite(owner, cluster))) {
    throw new SetupError(
      `the user that owns the data (id ${uid}) cannot reach it at ${cluster}: open the directories above it, or move it and let DATA_DIR/postgres be a link to it`,
    );
  }
  return owner;
}

async function initialise(binaries: Binaries, draft: string, options: ClusterOptions): Promise<void> {
  await mkdir(draft, { mode: 0o700 });
  const passwordFile = join(draft, 'password');
  await writeFile(passwordFile, options.password, { mode: 0o600 });
  if ('uid' in options.user) {
    await chown(passwordFile, options.user.uid, options.user.gid);
    await chown(draft, options.user.uid, options.user.gid);
  }
  const flags = [
    `--pgdata=${join(draft, 'cluster')}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The order of text does not depend on the machine, so an upgrade of the machine cannot break an index.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--data-checksums',
    '--no-instructions',
    ...(options.durable ? [] : ['--no-sync']),
  ];
  await run(binaries.initdb, flags, { ...options.user, cwd: '/', timeout: INITDB_TIMEOUT_MS });
}

async function isReachable(options: ClusterOptions): Promise<boolean> {
  if (!('uid' in options.user)) return true;
  const probe = join(options.dataDir, `${DRAFT_PREFIX}${process.pid}-${randomUUID()}`);
  await mkdir(probe, { mode: 0o700 });
  try {
    await chown(probe, options.user.uid, options.user.gid);
    return await canWrite(options.user, probe);
  } finally {
    await rm(probe, { recursive: true });
  }
}

/** A first start that was killed leaves its draft behind; its name says which process that was. */
async function removeAbandonedDrafts(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const pid = name.startsWith(DRAFT_PREFIX)
      ? Number.parseInt(name.slice(DRAFT_PREFIX.length), 10)
      : Number.NaN;
    if (Number.isSafeInteger(pid) && !isAlive(pid))
      await rm(join(directory, name), { recursive: true, force: true });
  }
}
