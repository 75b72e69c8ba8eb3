import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { isErrno } from '../../src/standalone/errors.ts';

/** The processes that this one started and that are still there, by the kernel's own list (Linux); none once it has ended. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  try {
    const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return list.split(' ').filter(Boolean).map(Number);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH')) return [];
    throw error;
  }
}

/** A process that was killed needs a moment to let go of its memory, and longer on a busy machine. */
const GONE_WITHIN_MS = 10_000;

/**
 * SIGKILL to a server and all its processes. It is held still meanwhile, so that it can start no new one. Resolves when
 * the last of its processes has let go of what they share: until then the server could not be started again.
 */
export async function killTree(pid: number): Promise<void> {
  signalIfThere(pid, 'SIGSTOP');
  const children = await childrenOf(pid);
  for (const child of children) signalIfThere(child, 'SIGKILL');
  signalIfThere(pid, 'SIGKILL');
  const deadline = performance.now() + GONE_WITHIN_MS;
  for (const child of children)
    while (await isAlive(child)) {
      if (performance.now() > deadline) throw new Error(`process ${child} is still there after its SIGKILL`);
      await pause(5);
    }
}

/** A zombie has let go of everything but its number. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    return !/\) [ZX] /.test(await readFile(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH')) return false;
    throw error;
  }
}

/** The same signal to a process and to those that it started. */
export async function signalTree(pid: number, signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  for (const one of [pid, ...(await childrenOf(pid))]) signalIfThere(one, signal);
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Between the list and the signal it may have ended by itself.
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}
