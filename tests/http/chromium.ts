import { type Browser, chromium, type Page } from 'playwright-core';
import { describe } from 'vitest';
import { describeUnless } from '../../tools/kit/describe.ts';
import { whyMissing } from '../../tools/kit/system-programs.ts';

const EXECUTABLE = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** A real browser without a window. To be closed by the caller. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: EXECUTABLE,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });

/** Tests that need a browser. Await it at the top of the file. */
export async function describeWithChromium(
  name: string,
  body: () => void,
  describeIt: (name: string, body: () => void) => unknown = describe,
): Promise<void> {
  const missing = process.env['CHROMIUM_PATH'] === undefined ? await whyMissing('chromium') : null;
  await describeUnless(missing, name, body, describeIt);
}

/** What the page complains of from now on: what it throws, and what is logged in it at these levels. */
export function troublesOf(page: Page, ...levels: readonly ('error' | 'warning')[]): string[] {
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('console', (message) => {
    if (levels.some((level) => level === message.type())) troubles.push(message.text());
  });
  return troubles;
}
