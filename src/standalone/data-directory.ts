import { randomBytes, randomUUID } from 'node:crypto';
import { access, constants, link, mkdir, opendir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isErrno, SetupError } from './errors.ts';

/**
 * Where files go that an unprivileged user must reach, when root runs this in a directory that is closed
 * to others. Only root ever writes here.
 */
export const SHARED_DIR = '/var/lib/session-engine';

/** Makes DATA_DIR where it is missing, and throws a SetupError where it cannot be written. */
export async function prepareDataDir(dataDir: string): Promise<void> {
  try {
    await makeDirectory(dataDir);
    // A file of that name is not enough.
    await (await opendir(dataDir)).close();
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new SetupError(
      `DATA_DIR ${dataDir} cannot be written${code}: set DATA_DIR to a directory that this user may write`,
      { cause: error },
    );
  }
}

/**
 * Makes a directory, and those above it that are missing. Node's own `recursive` tries for ever where a file system
 * says that the parent is missing although it is there, as /proc does.
 */
async function makeDirectory(path: string): Promise<void> {
  try {
    await makeOne(path);
  } catch (error) {
    const parent = dirname(path);
    if (!isErrno(error, 'ENOENT') || parent === path) throw error;
    await makeDirectory(parent);
    await makeOne(path);
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    // Others may enter, but not list it: when root runs this, the data of the server's user is below.
    await mkdir(path, { mode: 0o711 });
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}

const OWNER_ONLY = 0o600;
const SECRET_BYTES = 48;

/**
 * The secret kept in this file; a fresh random one (48 bytes, base64url) where there is no file yet. Only
 * the owner may read the file. It appears whole or not at all, and two first starts at once agree on one.
 */
export async function readOrCreateSecret(path: string): Promise<string> {
  const known = await readSecret(path);
  if (known !== undefined) return known;
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${randomBytes(SECRET_BYTES).toString('base64url')}\n`, {
    mode: OWNER_ONLY,
    flush: true,
  });
  try {
    // Unlike a rename, a link never replaces what another start has put there meanwhile.
    await link(draft, path);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft);
  }
  return (await readFile(path, 'utf8')).trim();
}

/** The secret kept in this file, or undefined where there is no such file. */
export async function readSecret(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
