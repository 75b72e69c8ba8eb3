import { randomBytes, randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { isErrno } from './errno.ts';

const OWNER_ONLY = 0o600;
const SECRET_BYTES = 48;

/**
 * The secret kept in this file; a fresh random one (48 bytes, base64url) where there is no file yet. Only
 * the owner may read the file. It appears whole or not at all, and two first starts at once agree on one.
 */
export async function readOrCreateSecret(path: string): Promise<string> {
  const known = await readSecret(path);
  if (known !== undefined) {
    return known;
  }
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${randomBytes(SECRET_BYTES).toString('base64url')}\n`, {
    mode: OWNER_ONLY,
    flush: true,
  });
  try {
    // Unlike a rename, a link never replaces what another start has put there meanwhile.
    await link(draft, path);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) {
      throw error;
    }
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
    if (isErrno(error, 'ENOENT')) {
      return undefined;
    }
    throw error;
  }
}
