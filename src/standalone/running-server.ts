import { join } from 'node:path';
import { findCluster, readPostmaster } from './cluster.ts';
import { isServerOf } from './process-state.ts';
import { urlOf } from './postgres.ts';
import { readSecret } from './secret-file.ts';

/** The URL of the embedded server that runs on this DATA_DIR right now; null where none does. Starts nothing. */
export async function runningServerUrl(dataDir: string): Promise<string | null> {
  const cluster = await findCluster(dataDir);
  if (cluster === undefined) return null;
  const postmaster = await readPostmaster(cluster);
  if (postmaster === undefined || !(await isServerOf(postmaster.pid, cluster))) return null;
  const password = await readSecret(join(dataDir, 'postgres-password'));
  return password === undefined ? null : urlOf(postmaster.port, password);
}
