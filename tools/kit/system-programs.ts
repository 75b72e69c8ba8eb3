import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const INSTALL_TIMEOUT_MS = 300_000;

/** Programs that tests and tools need and npm does not bring: the Debian package of each, and what it is for. */
const PROGRAMS = {
  'redis-server': { package: 'redis-server', purpose: 'the queue of the alarms' },
  chromium: { package: 'chromium', purpose: 'the browser that opens the queue board' },
  pgbench: { package: 'postgresql-contrib', purpose: "PostgreSQL's own benchmark, to compare with" },
  pg_isready: { package: 'postgresql-client', purpose: 'the health check of docker-compose.yml' },
} as const;

export type SystemProgram = keyof typeof PROGRAMS;

/**
 * Installs what is missing of these, where root runs this on a Debian, and says so first. Once for a run: two
 * installations at a time would stand in each other's way. `whyMissing` tells what could not be had.
 */
export async function installMissingPrograms(wanted: readonly SystemProgram[]): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const missing: SystemProgram[] = [];
  for (const program of wanted) if (!(await isInstalled(program))) missing.push(program);
  if (missing.length === 0) return;
  const packages = missing.map((program) => PROGRAMS[program].package);
  process.stderr.write(
    [
      'These programs are missing, and are installed now with apt-get:',
      ...missing.map((program) => `  ${PROGRAMS[program].package}: ${PROGRAMS[program].purpose}`),
      '',
    ].join('\n'),
  );
  const options = {
    timeout: INSTALL_TIMEOUT_MS,
    // RUNLEVEL 1: installing a server must not start it.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  };
  try {
    // A list of packages that is a few weeks old names versions that are no longer there.
    await run('apt-get', ['update', '-qq'], options);
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options);
  } catch (error) {
    process.stderr.write(`That failed: ${String(error)}\n`);
  }
}

/** What stands in the way of using the program; null where nothing does. */
export async function whyMissing(program: SystemProgram): Promise<string | null> {
  return (await isInstalled(program))
    ? null
    : `no ${program} on the PATH: install ${PROGRAMS[program].package}`;
}

const isInstalled = (program: SystemProgram): Promise<boolean> =>
  run(program, ['--version']).then(
    () => true,
    () => false,
  );
