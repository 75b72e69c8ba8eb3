import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, onTestFinished } from 'vitest';
import { alarm } from '../../alarms/scripted-settle.ts';
import { createAlarms } from '../../../src/alarms/producer.ts';
import { createInspectableQueues, type InspectableQueues } from '../../../src/alarms/board.ts';
import type { QueueSettings } from '../../../src/alarms/queues.ts';
import { describeWithRedis } from '../../../tools/kit/describe.ts';
import { startRedis, type TestRedis } from '../../../tools/kit/redis.ts';
import { describeWithChromium, launchChromium, troublesOf } from '../chromium.ts';
import { openApp } from '../open-app.ts';
import { adminToken } from '../tokens.ts';
import { buildConsole } from '../console/console-browser.ts';

const DAY_MS = 86_400_000;

await describeWithChromium('An administrator with a browser', inABrowser, describeWithRedis);

function inABrowser(): void {
  let redis: TestRedis;
  let inspection: InspectableQueues;
  let browser: Browser;

  beforeAll(async () => {
    await buildConsole();
    redis = await startRedis();
    const settings: QueueSettings = { kind: 'redis', url: redis.url, prefix: 'browser' };
    const alarms = await createAlarms(settings, () => {});
    await alarms.arm([alarm(424_242, DAY_MS)]);
    await alarms.close();
    inspection = await createInspectableQueues(settings, () => {});
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await inspection.close();
    await redis.stop();
  });

  async function openPage(): Promise<{
    page: Page;
    context: BrowserContext;
    address: string;
    troubles: string[];
  }> {
    const { app } = await openApp({ queues: inspection.queues });
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const troubles = troublesOf(page, 'error');
    return { page, context, address, troubles };
  }

  test('signs in with a token, sees the alarm of a session in its queue, and signs out', async () => {
    const { page, context, address, troubles } = await openPage();
    await page.goto(`${address}/admin/queues`);
    expect(page.url()).toBe(`${address}/admin/sign-in?next=%2Fadmin%2Fqueues`);
    await page.getByRole('textbox', { name: 'Access token' }).fill(adminToken());
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'session-deadlines' }).first().click();
    await page
      .getByRole('link', { name: /delayed/i })
      .first()
      .click();
    await page.getByText('session-424242').first().waitFor();
    expect(await page.evaluate<unknown>('document.cookie')).toBe('');
    const kept = { name: 'console', httpOnly: true, sameSite: 'Strict' };
    expect(await context.cookies()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...kept, path: '/admin' }),
        expect.objectContaining({ ...kept, path: '/api/admin' }),
      ]),
    );

    await page.getByRole('link', { name: 'Back to the console' }).click();
    await page.waitForURL(`${address}/admin/now`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${address}/admin/sign-in`);
    expect(await context.cookies()).toStrictEqual([]);
    await page.goto(`${address}/admin/queues/`);
    expect(page.url()).toBe(`${address}/admin/sign-in?next=%2Fadmin%2Fqueues%2F`);
    // The board's page asks for a font of a foreign host. Nothing foreign is let in, and nothing else is missing.
    expect(troubles.filter((trouble) => !trouble.includes('fonts.googleapis.com'))).toStrictEqual([]);
  });

  test('may change a job from the board itself: the guard knows its own page', async () => {
    const { page, address } = await openPage();
    await page.goto(`${address}/admin/sign-in?next=/admin/queues/`);
    await page.getByRole('textbox', { name: 'Access token' }).fill(adminToken());
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'session-deadlines' }).first().waitFor();
    const [queue] = inspection.queues;
    const statusOf = (action: string) =>
      page.evaluate(
        async (path) => (await fetch(path, { method: 'PUT' })).status,
        `/admin/queues/api/queues/${queue?.name}/${action}`,
      );
    expect(await statusOf('pause')).toBe(200);
    expect(await queue?.isPaused()).toBe(true);
    expect(await statusOf('resume')).toBe(200);
    expect(await queue?.isPaused()).toBe(false);
  });

  test('reads the documentation of the API, and every part of the page may load', async () => {
    const { page, address, troubles } = await openPage();
    await page.goto(`${address}/docs`);
    await page.getByText('Start the session of a text appointment').first().waitFor();
    expect(troubles).toStrictEqual([]);
  });
}
