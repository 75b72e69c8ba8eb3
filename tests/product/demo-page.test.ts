/** The demo as a person uses it: `npm start`, a real Chromium, every button. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeWithChromium, troublesOf } from '../http/chromium.ts';
import { sharedNpmStart } from './npm-start.ts';
import type { Receipt } from '../../src/client/contract.ts';

const BLOCK_MS = 20_000;
const LIMIT = { timeout: 110_000 };
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 375, height: 812 };

await describeWithChromium('The demo in a browser', inABrowser);

function inABrowser(): void {
  const started = sharedNpmStart();

  async function openDemo(viewport: typeof WIDE, colorScheme: 'light' | 'dark') {
    const page = await started.browser.newPage({ viewport, colorScheme });
    const troubles = troublesOf(page, 'error');
    await page.goto(started.addressOf('Demo'));
    await page.locator('#doctor .link', { hasText: 'live' }).waitFor();
    await page.locator('#patient .link', { hasText: 'live' }).waitFor();
    return { page, troubles };
  }

  test('is the first address that npm start prints, and the front page leads to it', async () => {
    const [, first = ''] = /(https?:\S+)/.exec(started.output) ?? [];
    expect(first).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/demo$/);
    const { page, troubles } = await openDemo(NARROW, 'light');
    await page.getByRole('link', { name: 'Session engine' }).click();
    await expectAccessible(page, 'front page');
    await page.getByRole('link', { name: 'Demo' }).click();
    await page.getByRole('region', { name: 'Patient' }).waitFor();
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('shows that a stopped worker, an emptied queue and a cut network change no unit', LIMIT, async () => {
    const { page, troubles } = await openDemo(WIDE, 'light');
    await expectAccessible(page, 'fresh');
    expect(await page.locator('#blocks .free').count()).toBe(4);

    await page.getByRole('button', { name: 'Send as the patient' }).click();
    await page.locator('#doctor .messages p').waitFor();
    await page.getByRole('button', { name: 'Send as the doctor' }).click();
    await page.locator('#patient .messages p').nth(1).waitFor();
    await page.getByRole('button', { name: 'Stop the worker' }).click();
    await page.getByRole('button', { name: 'Start the worker' }).waitFor();
    await page.getByRole('button', { name: 'Empty the queue' }).click();
    await page.getByRole('button', { name: "Cut the patient's network" }).click();
    await page.locator('#patient .link', { hasText: 'offline' }).waitFor();
    await page.getByRole('button', { name: 'Send as the patient' }).click();
    await page.locator('#patient .messages .sending').waitFor();
    await expectAccessible(page, 'broken');

    // The block is over, its unit is due, and nobody has written it.
    await page.locator('.line .unwritten').waitFor();
    await page.getByRole('button', { name: 'Start the worker' }).click();
    await page.locator('.line .charged:not(.unwritten)').waitFor();
    await page.getByRole('button', { name: 'Mend the network' }).click();
    await page.locator('#doctor .messages p').nth(2).waitFor();
    expect(await page.locator('#patient .messages .own').count()).toBe(2);

    await page.getByRole('button', { name: 'Top up +2' }).click();
    await expect.poll(() => page.locator('#blocks li').count()).toBe(6);
    // The second block is written by the worker that was started again: its alarm was set anew.
    await page.locator('.line .charged:not(.unwritten)').nth(1).waitFor();
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.locator('.receipt[data-is="final"]').waitFor();
    await expectAccessible(page, 'ended');

    const { start_time: start, ended_at: end, ...receipt } = await receiptOf(page);
    const lastedMs = Date.parse(end ?? '') - Date.parse(start ?? '');
    const count = Math.ceil(lastedMs / BLOCK_MS);
    expect(count).toBe(3);
    expect(receipt).toMatchObject({ end_reason: 'manual_end', sessions_used: count, remaining_sessions: 3 });
    const boundary = (no: number) => new Date(Date.parse(start ?? '') + no * BLOCK_MS).toISOString();
    expect(receipt.blocks.map(({ reason, effective_at: at, units }) => [reason, at, units])).toEqual([
      ['interval', boundary(1), 1],
      ['interval', boundary(2), 1],
      ['manual_end', end, 1],
    ]);
    expect(await page.locator('#sum').textContent()).toMatch(/^3 units for 0:\d\d, whatever broke$/);
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('fits a telephone in the dark, and goes on where it was when it is loaded again', async () => {
    const { page, troubles } = await openDemo(NARROW, 'dark');
    await expectAccessible(page, 'fresh, narrow');
    await page.getByRole('button', { name: 'Send as the patient' }).click();
    await page.locator('#doctor .messages p').waitFor();
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(NARROW.width);
    await page.reload();
    await page.locator('#doctor .messages p').waitFor();
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByRole('button', { name: 'Again' }).waitFor();
    await expectAccessible(page, 'ended, narrow');
    await page.getByRole('button', { name: 'Again' }).click();
    await expect.poll(() => page.locator('#blocks .free').count()).toBe(4);
    expect(troubles).toEqual([]);
    await page.close();
  });
}

async function expectAccessible(page: Page, state: string): Promise<void> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate<unknown[]>(
    `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]))`,
  );
  expect([state, violations]).toEqual([state, []]);
}

/** As the patient's app would read it. */
const receiptOf = (page: Page): Promise<Receipt> =>
  page.evaluate<Receipt>(`(async () => {
    const id = location.hash.slice(1);
    const json = async (answer) => (await answer.json()).data;
    const { token } = await json(await fetch('/demo/appointments/' + id + '/token', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ role: 'patient' }),
    }));
    return json(await fetch('/api/text-appointments/' + id + '/receipt', { headers: { authorization: 'Bearer ' + token } }));
  })()`);
