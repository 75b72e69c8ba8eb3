import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const AUDITOR = join(import.meta.dirname, '../../src/audit-command.ts');
const TIMEOUT_MS = 900_000;
const SHOWN_CHARACTERS = 2_000;

export interface Audited {
  /** What the auditor says of it all, in a line. */
  readonly summary: string;
  readonly differences: readonly string[];
}

/** Has the product's auditor recompute every account from its events, as `npm run audit` does. */
export async function askAuditor(databaseUrl: string): Promise<Audited> {
  const { PATH } = process.env;
  try {
    const { stdout } = await run(process.execPath, [AUDITOR], {
      env: { PATH, DATABASE_URL: databaseUrl },
      timeout: TIMEOUT_MS,
      maxBuffer: 100_000_000,
    });
    return { summary: stdout.trim().split('\n').at(-1)?.trim() ?? '', differences: [] };
  } catch (error) {
    const words = saidBy(error).trim();
    return {
      summary: 'it found differences, or could not be run',
      differences: [`the auditor: ${words.slice(0, SHOWN_CHARACTERS)}`],
    };
  }
}

function saidBy(error: unknown): string {
  return typeof error === 'object' && error !== null && 'stdout' in error && 'stderr' in error
    ? `${String(error.stdout)}${String(error.stderr)}`
    : String(error);
}

/** @throws where the auditor finds a difference, with the first lines of what it prints. */
export async function expectNoDifference(databaseUrl: string): Promise<void> {
  const { differences } = await askAuditor(databaseUrl);
  if (differences.length > 0) throw new Error(differences.join('; '));
}
