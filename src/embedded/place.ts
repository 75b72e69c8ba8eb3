import { access, constants, mkdir } from 'node:fs/promises';
import { SetupError } from './setup-error.ts';

/**
 * Where files go that an unprivileged user must reach, when root runs this in a directory that is closed
 * to others. Only root ever writes here.
 */
export const SHARED_DIR = '/var/lib/session-engine';

/** Makes DATA_DIR where it is missing, and throws a SetupError where it cannot be written. */
export async function prepareDataDir(dataDir: string): Promise<void> {
  try {
    // Others may pass through, not look: when root runs this, the server's user lives below.
    await mkdir(dataDir, { recursive: true, mode: 0o711 });
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new SetupError(
      `DATA_DIR ${dataDir} cannot be written${code}: set DATA_DIR to a directory that this user may write`,
      { cause: error },
    );
  }
}
