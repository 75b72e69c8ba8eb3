import { readFile } from 'node:fs/promises';
import { isErrno } from '../../src/embedded/errno.ts';

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

/** SIGKILL to a server and all its processes. It is held still meanwhile, so that it can start no new one. */
export async function killTree(pid: number): Promise<void> {
  signalIfThere(pid, 'SIGSTOP');
  for (const child of await childrenOf(pid)) signalIfThere(child, 'SIGKILL');
  signalIfThere(pid, 'SIGKILL');
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
