import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Rig } from './rig.ts';

const run = promisify(execFile);

const AUDITOR = join(import.meta.dirname, '../..', 'src', 'audit-command.ts');
const TIMEOUT_MS = 600_000;

/**
 * Has the product's auditor recompute the whole database of the rig, as `npm run audit` does.
 * @throws where it finds a difference, with the first lines of what it says.
 */
export async function expectNoDrift(rig: Pick<Rig, 'databaseUrl'>): Promise<void> {
  const env = { PATH: process.env['PATH'], DATABASE_URL: rig.databaseUrl };
  try {
    await run(process.execPath, [AUDITOR], { env, timeout: TIMEOUT_MS, maxBuffer: 100_000_000 });
  } catch (error) {
    throw new Error(`the auditor finds the ledger untrue: ${beginningOf(error)}`, { cause: error });
  }
}

function beginningOf(error: unknown): string {
  const said =
    typeof error === 'object' && error !== null && 'stdout' in error && 'stderr' in error
      ? `${String(error.stdout)}${String(error.stderr)}`
      : String(error);
  return said.trim().slice(0, 1_000);
}
