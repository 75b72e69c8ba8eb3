import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe } from 'vitest';

const run = promisify(execFile);
const INSTALL_TIMEOUT_MS = 300_000;

/** Programs that tests need and npm does not bring, each with its Debian package. */
const PACKAGES = {
  'redis-server': 'redis-server',
  chromium: 'chromium',
  pg_isready: 'postgresql-client',
} as const;

export type SystemProgram = keyof typeof PACKAGES;

const PROGRAMS: readonly SystemProgram[] = ['redis-server', 'chromium', 'pg_isready'];

/**
 * Installs what is missing, where root runs this on a Debian. Once for a run, before any test: two installations at
 * a time would stand in each other's way. What cannot be had is left to `whyMissing` to tell.
 */
export async function installMissingPrograms(): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const missing: SystemProgram[] = [];
  for (const program of PROGRAMS) if (!(await isInstalled(program))) missing.push(program);
  if (missing.length === 0) return;
  const packages = missing.map((program) => PACKAGES[program]);
  process.stderr.write(`installing for the tests, with apt-get: ${packages.join(' ')}\n`);
  const options = {
    timeout: INSTALL_TIMEOUT_MS,
    // RUNLEVEL 1: no server is to be started by being installed.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  };
  try {
    // A list of packages that is a few weeks old names versions that nobody has any more.
    await run('apt-get', ['update', '-qq'], options);
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options);
  } catch (error) {
    process.stderr.write(`that did not work: ${String(error)}\n`);
  }
}

/** What stands in the way of using the program; null where nothing does. */
export async function whyMissing(program: SystemProgram): Promise<string | null> {
  return (await isInstalled(program)) ? null : `no ${program} on the PATH: install ${PACKAGES[program]}`;
}

/**
 * Tests that need something of the system. Where it is missing they are left out, loudly; with CI=true they run and
 * fail instead.
 */
export async function describeUnless(
  missing: string | null,
  name: string,
  body: () => void,
  describeIt: (name: string, body: () => void) => unknown = describe,
): Promise<void> {
  if (missing === null || process.env['CI'] === 'true') {
    await describeIt(name, body);
    return;
  }
  process.stderr.write(`\nLEFT OUT: "${name}": ${missing}\n\n`);
  describe.skip(name, body);
}

const isInstalled = (program: SystemProgram): Promise<boolean> =>
  run(program, ['--version']).then(
    () => true,
    () => false,
  );
