import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PROJECT_DIR = join(import.meta.dirname, '..', '..');
const TIMEOUT_MS = 600_000;

/**
 * Brings the database to the newest migration (`prisma migrate deploy`); creates the database where the
 * server lacks it. Safe to run from several processes at once, and again. Throws an Error that says what
 * Prisma said.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const prisma = createRequire(import.meta.url).resolve('prisma/build/index.js');
  try {
    await run(process.execPath, [prisma, 'migrate', 'deploy'], {
      cwd: PROJECT_DIR,
      env: { ...process.env, DATABASE_URL: databaseUrl, NO_COLOR: '1' },
      timeout: TIMEOUT_MS,
    });
  } catch (error) {
    throw new Error(`the database could not be migrated: ${readReason(error)}`, { cause: error });
  }
}

function readReason(error: unknown): string {
  const hasStderr = error instanceof Error && 'stderr' in error && typeof error.stderr === 'string';
  const stderr = hasStderr ? String(error.stderr) : '';
  const reason = stderr.slice(Math.max(stderr.indexOf('Error:'), 0)).replace(/^Error:\s*/, '');
  return reason.trim() || String(error);
}
