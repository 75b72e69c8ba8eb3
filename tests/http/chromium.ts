import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';
import { describe } from 'vitest';

const run = promisify(execFile);
const EXECUTABLE = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const INSTALL_TIMEOUT_MS = 300_000;

/** A real browser without a window. To be closed by the caller. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: EXECUTABLE,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });

/**
 * Tests that need a browser. Without one they are left out, loudly; with CI=true they fail instead. Await it at
 * the top of the file.
 */
export async function describeWithChromium(
  name: string,
  body: () => void,
  describeIt: (name: string, body: () => void) => unknown = describe,
): Promise<void> {
  const missing = await whyNoChromium();
  if (missing === undefined || process.env['CI'] === 'true') {
    await describeIt(name, body);
    return;
  }
  process.stderr.write(`\nLEFT OUT: "${name}": ${missing}\n\n`);
  describe.skip(name, body);
}

/** What stands in the way of a browser, or undefined. Installs Debian's where it is missing and that is allowed. */
async function whyNoChromium(): Promise<string | undefined> {
  if (await isInstalled()) return undefined;
  if (process.getuid?.() !== 0)
    return `no ${EXECUTABLE}: install chromium, or set CHROMIUM_PATH to another browser of its family`;
  try {
    const options = ['-o', 'DPkg::Lock::Timeout=120', 'install', '-y', '--no-install-recommends'];
    await run('apt-get', [...options, 'chromium'], {
      timeout: INSTALL_TIMEOUT_MS,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  } catch (error) {
    return `no ${EXECUTABLE}, and it could not be installed (${String(error)})`;
  }
  return (await isInstalled()) ? undefined : `apt-get installed no ${EXECUTABLE}`;
}

async function isInstalled(): Promise<boolean> {
  try {
    await access(EXECUTABLE);
    return true;
  } catch {
    return false;
  }
}
