import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { ROOT } from '../../structure/source-files.ts';
import { troublesOf } from '../chromium.ts';
import { type OpenApp, openApp } from '../open-app.ts';
import { adminToken } from '../tokens.ts';

const run = promisify(execFile);

export const WIDE = { width: 1280, height: 900 };
export const NARROW = { width: 375, height: 812 };

/** The console as it is built from these sources; does nothing where that was done. */
export const buildConsole = (): Promise<unknown> =>
  run(process.execPath, [join(ROOT, 'tools/console/build.ts')]);

export interface OpenConsole extends OpenApp {
  readonly page: Page;
  readonly address: string;
  /** What the browser complains of, and what it asked of a foreign place: nothing of either is all right. */
  readonly troubles: string[];
}

/** The console in a browser, over an app of its own. */
export async function openConsole(
  browser: Browser,
  instead: Parameters<typeof openApp>[0] = {},
  options: BrowserContextOptions = {},
): Promise<OpenConsole> {
  const opened = await openApp(instead);
  const address = await opened.app.listen({ port: 0, host: '127.0.0.1' });
  const context = await browser.newContext({ viewport: WIDE, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const troubles = troublesOf(page, 'error', 'warning');
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !url.startsWith('data:') && !url.startsWith('blob:')) troubles.push(url);
  });
  return { ...opened, page, address, troubles };
}

/** The same, signed in and at a path such as `/admin/now`. */
export async function openSignedIn(
  browser: Browser,
  path: string,
  instead: Parameters<typeof openApp>[0] = {},
  options: BrowserContextOptions = {},
): Promise<OpenConsole> {
  const opened = await openConsole(browser, instead, options);
  const { page, address } = opened;
  await page.context().request.post(`${address}/admin/sign-in`, { data: { token: adminToken() } });
  await page.goto(address + path);
  await page.getByText('Signed in as user').waitFor();
  return opened;
}

export async function expectAccessible(page: Page, state: string): Promise<void> {
  // As the page's own script would be forbidden to, the test brings axe in beside it.
  await page.evaluate(axe.source);
  const violations = await page.evaluate<unknown[]>(
    `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]))`,
  );
  expect([state, violations]).toEqual([state, []]);
}
