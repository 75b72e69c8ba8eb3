/** `npm start` in an empty directory, and a real browser beside it. */
import { rm } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchChromium } from '../http/chromium.ts';
import { type Program, runScript } from '../standalone/program.ts';
import { makeTemporaryDirectory } from '../standalone/temporary-directory.ts';

export interface StartedProduct {
  readonly browser: Browser;
  /** What `npm start` has printed so far. */
  readonly output: string;
  /** The address that it printed behind these words. */
  readonly addressOf: (words: string) => string;
}

/** For all tests of a block: there from its first hook on, stopped and removed after its last test. */
export function sharedNpmStart(): StartedProduct {
  let directory: string;
  let product: Program;
  let browser: Browser;
  beforeAll(async () => {
    directory = await makeTemporaryDirectory();
    product = runScript('../../src/start.ts', [], { DATA_DIR: `${directory}/data`, PORT: '0' });
    browser = await launchChromium();
    await product.untilPrinted('/receipt');
  });
  // Also where it did not get as far as its last line.
  afterAll(async () => {
    product.kill('SIGTERM');
    await browser.close();
    await product.exitCode;
    await rm(directory, { recursive: true, force: true });
  });
  return {
    get browser() {
      return browser;
    },
    get output() {
      return product.output();
    },
    addressOf: (words) => new RegExp(`${words} +(\\S+)`).exec(product.output())?.[1] ?? '',
  };
}
