import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from './postgres.ts';
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from './postgres.ts';
import { watchOver } from './watcher.ts';

/**
 * A server whose data lasts as long as this process, in a directory of its own among the temporary files.
 * Server and data go with `stop`, and also where this process is killed before it can call it.
 */
export async function startThrowAwayPostgres(
  options: Omit<EmbeddedPostgresOptions, 'dataDir'>,
): Promise<EmbeddedPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'session-engine-'));
  try {
    // Where root runs this, another user runs the server and must pass through.
    await chmod(dataDir, 0o711);
    const postgres = await startEmbeddedPostgres({ ...options, dataDir });
    const directories = [postgres.cluster, dataDir];
    const callOff = watchOver(postgres.pid, directories);
    let stopping: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      await postgres.stop();
      callOff();
      await Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true })));
    };
    return { ...postgres, stop: () => (stopping ??= stop()) };
  } catch (error) {
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  }
}
