/** Signing in and what every page has around it, in a real Chromium. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { admin } from '../../../src/http/documentation/examples.ts';
import { describeWithChromium, launchChromium } from '../chromium.ts';
import { adminToken, claims } from '../tokens.ts';
import { hs256 } from '../../../tools/kit/tokens.ts';
import {
  buildConsole,
  expectAccessible,
  NARROW,
  openConsole,
  openSignedIn,
  WIDE,
} from './console-browser.ts';

await describeWithChromium('The console', () => {
  let browser: Browser;
  beforeAll(async () => {
    await buildConsole();
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  test('signs in by a link, whose token is out of the address at once, and which works once', async () => {
    const { page, address, troubles } = await openConsole(browser);
    const link = `${address}/admin/sign-in#token=${adminToken({ jti: 'one' })}`;
    await page.goto(link);
    await page.getByText(`Sign in as user ${admin} (admin)`).waitFor();
    expect(page.url()).toBe(`${address}/admin/sign-in`);
    expect(await page.getByRole('textbox').count()).toBe(0);
    expect(await page.title()).toBe('Sign in – Session engine');
    await page.getByRole('button').click();
    await page.waitForURL(`${address}/admin/now`);
    await page.getByText(`Signed in as user ${admin} (admin)`).waitFor();
    await page.getByRole('region', { name: 'State' }).waitFor();
    expect(await page.evaluate<unknown>('document.cookie')).toBe('');
    expect(troubles).toEqual([]);

    await page.context().clearCookies();
    await page.goto('about:blank');
    await page.goto(link);
    await page.getByRole('button').click();
    expect(await page.getByRole('alert').textContent()).toBe('This token is not valid, or no more.');
    // Who has another token can go on.
    await page.getByRole('textbox', { name: 'Access token' }).fill(adminToken());
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${address}/admin/now`);
  });

  test('signs in by a token that is pasted, goes on where it was asked to, and signs out', async () => {
    const { page, address } = await openConsole(browser);
    await page.goto(`${address}/admin/sessions/7`);
    await page.waitForURL(`${address}/admin/sign-in?next=%2Fadmin%2Fsessions%2F7`);
    await page.getByRole('textbox', { name: 'Access token' }).fill(`  ${adminToken()}\n`);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${address}/admin/sessions/7`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${address}/admin/sign-in`);
    expect(await page.context().cookies()).toEqual([]);
    await page.goBack();
    await page.waitForURL(/\/admin\/sign-in\?next=/);
  });

  test.each([
    ['//evil.example/admin/now', '/admin/now'],
    ['https://evil.example/admin/now', '/admin/now'],
    ['/api/admin/me', '/admin/now'],
    ['/admin/../metrics', '/admin/now'],
    ['javascript:alert(1)', '/admin/now'],
    ['/admin/days?doctor_id=7', '/admin/days?doctor_id=7'],
  ])('goes nowhere but into the console after it: %s', async (next, place) => {
    const { page, address } = await openConsole(browser);
    await page.goto(`${address}/admin/sign-in?next=${encodeURIComponent(next)}`);
    await page.getByRole('textbox', { name: 'Access token' }).fill(adminToken());
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(address + place);
  });

  test('says what is wrong with a token: nobody knows it, it is of no administrator, there were too many', async () => {
    const { page, address } = await openConsole(browser, { limits: { requestsPerMinute: 1 } });
    await page.goto(`${address}/admin/sign-in`);
    const said = async (token: string): Promise<string | null> => {
      await page.getByRole('textbox', { name: 'Access token' }).fill(token);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: 'Sign in', disabled: false }).waitFor();
      return page.getByRole('alert').textContent();
    };
    expect(await said('nonsense')).toBe('This token is not valid, or no more.');
    expect(await said(hs256(claims()))).toBe('This token is not for the console.');
    await page.context().request.post(`${address}/admin/sign-in`, { data: { token: adminToken() } });
    await expect.poll(() => said(adminToken())).toMatch(/^Too many attempts\. Try again in \d+ s\.$/);
    await expectAccessible(page, 'refused');
  });

  test('has its landmarks, one h1, and a link to its content first', async () => {
    const { page } = await openSignedIn(browser, '/admin/days');
    await page.getByRole('heading', { level: 1, name: 'Days' }).waitFor();
    expect(await page.title()).toBe('Days – Session engine');
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    for (const landmark of ['banner', 'search', 'main'] as const)
      expect([landmark, await page.getByRole(landmark).count()]).toEqual([landmark, 1]);
    const links = page.getByRole('navigation', { name: 'Main' }).getByRole('link');
    expect(await links.allTextContents()).toEqual([
      'Now',
      'Sessions',
      'Days',
      'Who did what',
      'Audit',
      'Queues',
    ]);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.localName')).toBe('main');
  });

  test('puts the focus on the heading of the page to which a link leads', async () => {
    const { page } = await openSignedIn(browser, '/admin/days');
    await page.getByRole('link', { name: 'Audit' }).click();
    await page.getByRole('heading', { level: 1, name: 'Audit' }).waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Audit');
    expect(await page.title()).toBe('Audit – Session engine');
    await page.goBack();
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Days');
  });

  test('keeps the appearance that was chosen', async () => {
    const { page } = await openSignedIn(browser, '/admin/days', {}, { colorScheme: 'light' });
    const ground = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const light = await ground();
    await page.getByLabel('Appearance').selectOption('Dark');
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.reload();
    await page.getByText('Signed in as user').waitFor();
    expect(await ground()).toBe(dark);
    await page.getByLabel('Appearance').selectOption('System');
    expect(await ground()).toBe(light);
  });

  test.each([
    ['wide, light', WIDE, 'light'],
    ['wide, dark', WIDE, 'dark'],
    ['narrow, light', NARROW, 'light'],
    ['narrow, dark', NARROW, 'dark'],
  ] as const)('lets everybody sign in: %s', async (state, viewport, colorScheme) => {
    const { page, address, troubles } = await openConsole(browser, {}, { viewport, colorScheme });
    await page.goto(`${address}/admin/sign-in`);
    await page.getByRole('textbox', { name: 'Access token' }).waitFor();
    await expectAccessible(page, state);
    await page.goto('about:blank');
    await page.goto(`${address}/admin/sign-in#token=${adminToken()}`);
    await page.getByText('Sign in as user').waitFor();
    await expectAccessible(page, `${state}, by link`);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(viewport.width);
    expect(troubles).toEqual([]);
  });
});
