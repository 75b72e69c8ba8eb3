import { execFile } from 'node:child_process';
import { chown, mkdtemp, open, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isErrno } from '../../src/standalone/errors.ts';
import { chooseServerUser } from '../../src/standalone/binaries.ts';

const run = promisify(execFile);
const PIECE = Buffer.alloc(64 * 1024, 1);

/** A file system of its own, in memory and small, so that a test can fill it to the last byte. */
export interface SmallDisk {
  readonly directory: string;
  /** Takes all the room that is left. May be repeated. */
  readonly fill: () => Promise<void>;
  readonly free: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What stands in the way of a small disk; null where nothing does. */
export async function whyNoSmallDisk(): Promise<string | null> {
  try {
    await (await openSmallDisk(1)).close();
    return null;
  } catch (error) {
    return `no file system can be mounted here, which takes root (${String(error).trim()})`;
  }
}

export async function openSmallDisk(megabytes: number): Promise<SmallDisk> {
  const directory = await mkdtemp(join(tmpdir(), 'session-engine-disk-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'session-engine', directory]);
  } catch (error) {
    await rmdir(directory);
    throw error;
  }
  const user = await chooseServerUser();
  if ('uid' in user) await chown(directory, user.uid, user.gid);
  const ballast = join(directory, 'ballast');
  return {
    directory,
    fill: () => writeUntilFull(ballast),
    free: () => rm(ballast, { force: true }),
    close: async () => {
      // Lazily: it goes when the last file is closed.
      await run('umount', ['--lazy', directory]);
      await rmdir(directory);
    },
  };
}

async function writeUntilFull(path: string): Promise<void> {
  const file = await open(path, 'a');
  try {
    for (let piece = PIECE; piece.length > 0;)
      try {
        await file.appendFile(piece);
      } catch (error) {
        if (!isErrno(error, 'ENOSPC')) throw error;
        piece = piece.subarray(0, Math.floor(piece.length / 2));
      }
  } finally {
    await file.close();
  }
}
