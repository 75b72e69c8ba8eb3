import { readPostmaster } from '../../src/standalone/server-process.ts';
import { isServerOf, waitUntilGone } from '../../src/standalone/server-process.ts';

/** Stops the server that a test killed the parent of, where no later test has done so. */
export async function endOrphan(cluster: string): Promise<void> {
  const postmaster = await readPostmaster(cluster);
  if (postmaster !== undefined && (await isServerOf(postmaster.pid, cluster))) {
    process.kill(postmaster.pid, 'SIGQUIT');
    await waitUntilGone(postmaster.pid, cluster, 10_000);
  }
}
