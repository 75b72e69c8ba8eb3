import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SetupError } from './setup-error.ts';

const run = promisify(execFile);

/** Whom the server runs as. Empty: whoever runs this process. */
export type ServerUser = { readonly uid: number; readonly gid: number } | Record<string, never>;

export function runsAsItself(user: ServerUser): boolean {
  return !('uid' in user);
}

/**
 * PostgreSQL refuses to run as root. Root therefore lends it an unprivileged user that exists already:
 * `postgres`, else `nobody`. No user is added to the machine.
 */
export async function chooseServerUser(): Promise<ServerUser> {
  if (process.getuid?.() !== 0) {
    return {};
  }
  for (const name of ['postgres', 'nobody']) {
    const user = await lookUp(name);
    if (user !== undefined) {
      return user;
    }
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
export async function succeeds(user: ServerUser, command: string, args: readonly string[]): Promise<boolean> {
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
