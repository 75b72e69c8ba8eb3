import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Brings the console's files up to date with its sources. In a process of its own, because the bundler is a development
 * tool. Never rejects: without the files the API answers 503 for the console, and everything else works.
 */
export async function buildConsole(builder: string | null, print: (line: string) => void): Promise<void> {
  if (builder === null) return;
  try {
    const { stdout } = await run(process.execPath, [builder]);
    if (stdout !== '') print(stdout.trimEnd());
  } catch (error) {
    print(`the console could not be built, so there is none: ${reasonOf(error)}`);
  }
}

/** The error that the program printed; where it could not be run at all, why. */
function reasonOf(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  return said.split('\n').find((line) => /^\w*Error\b/.test(line)) ?? String(error).trim();
}
