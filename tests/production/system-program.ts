import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe } from 'vitest';

const run = promisify(execFile);
const INSTALL_TIMEOUT_MS = 180_000;

/**
 * Tests that need a program of the system. Root installs its Debian package where it is missing. Where that is
 * not possible they are left out, loudly; with CI=true they fail instead. Await it at the top of the file.
 */
export async function describeWithProgram(
  program: string,
  debianPackage: string,
  name: string,
  body: () => void,
): Promise<void> {
  const missing = await whyMissing(program, debianPackage);
  if (missing === null || process.env['CI'] === 'true') {
    describe(name, body);
    return;
  }
  process.stderr.write(`\nLEFT OUT: "${name}": ${missing}\n\n`);
  describe.skip(name, body);
}

async function whyMissing(program: string, debianPackage: string): Promise<string | null> {
  if (await isInstalled(program)) return null;
  if (process.getuid?.() !== 0) return `no ${program} on PATH: install ${debianPackage}`;
  const install = [
    '-o',
    'DPkg::Lock::Timeout=120',
    'install',
    '-y',
    '--no-install-recommends',
    debianPackage,
  ];
  try {
    await run('apt-get', install, {
      timeout: INSTALL_TIMEOUT_MS,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    });
  } catch (error) {
    return `no ${program} on PATH, and ${debianPackage} could not be installed: ${String(error)}`;
  }
  return (await isInstalled(program)) ? null : `${debianPackage} brought no ${program}`;
}

const isInstalled = (program: string): Promise<boolean> =>
  run(program, ['--version']).then(
    () => true,
    () => false,
  );
