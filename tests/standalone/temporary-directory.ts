import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new directory that other users may pass through, as the server's own must where root runs the tests. */
export async function makeTemporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'session-engine-test-'));
  await chmod(directory, 0o711);
  return directory;
}
