/** Each page in each of its states, for everybody: light and dark, on a desk and on a telephone. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithChromium, launchChromium } from '../chromium.ts';
import { ACTIONS, answerUnavailable, answerWith, DAYS, ILL, UNKNOWN, WELL } from './answers.ts';
import { buildConsole, expectAccessible, NARROW, openSignedIn, WIDE } from './console-browser.ts';

interface State {
  readonly path: string;
  /** What the API answers. */
  readonly given: (page: Page) => Promise<unknown>;
  /** What shows that the page has got there. */
  readonly shows: (page: Page) => Promise<unknown>;
}

const seen = (text: string | RegExp) => (page: Page) => page.getByText(text).first().waitFor();
const nothing = async (): Promise<void> => {};
const failed = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  expect(await page.getByRole('alert').textContent()).toBe(
    'Could not load this: The service cannot answer. Request request-7.',
  );
};

const STATES: Readonly<Record<string, State>> = {
  'Now, all is well': {
    path: '/admin/now',
    given: (page) => answerWith(page, '/api/admin/now', () => WELL),
    shows: seen('All is well'),
  },
  'Now, with problems': {
    path: '/admin/now',
    given: (page) => answerWith(page, '/api/admin/now', () => ILL),
    shows: seen('2 problems'),
  },
  'Now, while the database is away': {
    path: '/admin/now',
    given: (page) => answerWith(page, '/api/admin/now', () => UNKNOWN),
    shows: seen('Not known: it cannot be read right now.'),
  },
  'Now, not loaded': {
    path: '/admin/now',
    given: (page) => answerUnavailable(page, '/api/admin/now'),
    shows: failed,
  },
  Days: {
    path: '/admin/days',
    given: (page) => answerWith(page, '/api/admin/days?*', () => DAYS),
    shows: seen('In all'),
  },
  'Days, wrongly asked for': {
    path: '/admin/days?doctor_id=seven&from=2026-11-01&to=2026-10-01',
    given: nothing,
    shows: seen('Doctor must be a number.'),
  },
  'Days, not loaded': {
    path: '/admin/days',
    given: (page) => answerUnavailable(page, '/api/admin/days?*'),
    shows: failed,
  },
  'Who did what': {
    path: '/admin/actions',
    given: (page) => answerWith(page, '/api/admin/actions', () => ACTIONS),
    shows: (page) => page.getByRole('button', { name: 'Before and after' }).first().click(),
  },
  'Who did what, nothing': {
    path: '/admin/actions?actor_id=9',
    given: (page) => answerWith(page, '/api/admin/actions?*', () => ({ actions: [], next_cursor: null })),
    shows: seen('Nothing fits.'),
  },
  'Who did what, not loaded': {
    path: '/admin/actions',
    given: (page) => answerUnavailable(page, '/api/admin/actions'),
    shows: failed,
  },
  'Audit, with a difference, run for a period': {
    path: '/admin/audit',
    given: nothing,
    shows: async (page) => {
      await page.getByRole('button', { name: 'Run' }).click();
      await page.getByRole('status').getByText('found in').waitFor();
    },
  },
  'Audit, before the first night': {
    path: '/admin/audit',
    given: (page) => answerWith(page, '/api/admin/audit/runs', () => ({ runs: [] })),
    shows: seen('No night has been audited yet.'),
  },
  'Audit, not loaded': {
    path: '/admin/audit',
    given: (page) => answerUnavailable(page, '/api/admin/audit/runs'),
    shows: failed,
  },
  'a number that several things have': {
    path: '/admin/audit',
    given: (page) =>
      answerWith(page, '/api/admin/find?*', () => ({
        hits: [
          { kind: 'patient', id: 7 },
          { kind: 'grant', id: 7 },
        ],
      })),
    shows: async (page) => {
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.keyboard.press('/');
      await page.keyboard.type('7\n');
      await page.getByText('Number 7 is').waitFor();
    },
  },
  'an appointment that is not there': {
    path: '/admin/appointments/7',
    given: (page) =>
      page.route('**/api/admin/appointments/7', (route) =>
        route.fulfill({
          status: 404,
          json: { success: false, code: 'appointment_not_found', message: 'No', errors: [], data: {} },
        }),
      ),
    shows: seen('No appointment 7'),
  },
  'an address without a page': { path: '/admin/nothing', given: nothing, shows: seen('No such page') },
};

const LOOKS = [
  ['wide, light', { viewport: WIDE, colorScheme: 'light' }],
  ['wide, dark', { viewport: WIDE, colorScheme: 'dark' }],
  ['narrow, light', { viewport: NARROW, colorScheme: 'light' }],
  ['narrow, dark', { viewport: NARROW, colorScheme: 'dark' }],
] as const;

await describeWithChromium('The console', () => {
  let browser: Browser;
  beforeAll(async () => {
    await buildConsole();
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  test.each(LOOKS)('is for everybody, in every state: %s', async (look, options) => {
    const { page, address, troubles } = await openSignedIn(browser, '/admin/nothing', {}, options);
    for (const [name, { path, given, shows }] of Object.entries(STATES)) {
      await page.unrouteAll();
      await given(page);
      await page.goto(address + path);
      await shows(page);
      await expectAccessible(page, `${name}, ${look}`);
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect([name, width]).toEqual([name, options.viewport.width]);
      // Nor does anything in it have to be moved sideways to be read.
      const cutOff = await page.evaluate<string[]>(
        `[...document.querySelectorAll('main *')].filter((part) => part.scrollWidth > part.clientWidth &&
          getComputedStyle(part).overflowX === 'auto').map((part) => part.ariaLabel)`,
      );
      expect([name, cutOff]).toEqual([name, []]);
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    }
    // The browser itself says that a request failed, where one had to.
    const others = troubles.filter((trouble) => !/status of (404|503)/.test(trouble));
    expect(others).toEqual([]);
  });

  test('asks for Now every two seconds while it can be seen, and says when the number of problems changes', async () => {
    const { page, address } = await openSignedIn(browser, '/admin/nothing');
    await page.clock.install();
    let now = WELL;
    let count = 0;
    await answerWith(page, '/api/admin/now', () => {
      count += 1;
      return now;
    });
    await page.goto(`${address}/admin/now`);
    await page.getByRole('region', { name: 'State' }).getByRole('heading', { name: 'All is well' }).waitFor();
    await expect.poll(() => count, { timeout: 15_000 }).toBeGreaterThan(2);
    // What ticks along is not said.
    const said = page.getByRole('main').getByRole('status');
    expect(await said.textContent()).toBe('');
    now = ILL;
    await expect.poll(() => said.textContent(), { timeout: 15_000 }).toBe('2 problems now.');
    now = WELL;
    await expect.poll(() => said.textContent(), { timeout: 15_000 }).toBe('All is well again.');

    const setVisibility = (state: string) =>
      page.evaluate(
        `Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
         document.dispatchEvent(new Event('visibilitychange'))`,
      );
    await setVisibility('hidden');
    const before = count;
    // One may have been under way.
    await page.clock.runFor(10_000);
    expect(count).toBeLessThanOrEqual(before + 1);
    await setVisibility('visible');
    await expect.poll(() => count, { timeout: 15_000 }).toBeGreaterThan(before + 1);
  });

  test('tries again what failed, and leads on from its heading', async () => {
    const { page, address } = await openSignedIn(browser, '/admin/nothing');
    await answerUnavailable(page, '/api/admin/days?*');
    await page.goto(`${address}/admin/days`);
    const again = page.getByRole('button', { name: 'Try again' });
    await again.waitFor();
    await page.unrouteAll();
    await answerWith(page, '/api/admin/days?*', () => DAYS);
    await again.press('Enter');
    await page.getByRole('row', { name: 'In all' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Days');
  });

  test('says so where the server does not answer at all', async () => {
    const { page, address } = await openSignedIn(browser, '/admin/nothing');
    await page.route('**/api/admin/days?*', (route) => route.abort());
    await page.goto(`${address}/admin/days`);
    expect(await page.getByRole('alert').textContent()).toBe('Could not load this: No answer.');
  });

  test('leads to where one signs in when the session has ended, and back', async () => {
    const { page, address } = await openSignedIn(browser, '/admin/nothing');
    await page.context().clearCookies();
    await page.getByRole('link', { name: 'Audit' }).click();
    await page.waitForURL(`${address}/admin/sign-in?next=%2Fadmin%2Faudit`);
  });

  test('finds a number by /, and goes straight where it is of one thing only', async () => {
    const { page, address } = await openSignedIn(browser, '/admin/audit');
    const hits: { kind: string; id: number }[] = [];
    await answerWith(page, '/api/admin/find?*', () => ({ hits }));
    const search = async (text: string): Promise<void> => {
      await page.keyboard.press('/');
      await page.keyboard.type(`${text}\n`);
    };
    await page.getByRole('heading', { level: 1, name: 'Audit' }).waitFor();
    await search('7');
    await page.getByRole('search').getByText('Nothing has the number 7.').waitFor();
    // Who is writing writes a slash.
    await page.keyboard.type('/');
    expect(await page.getByRole('textbox', { name: 'Find a number' }).inputValue()).toBe('7/');
    await page.keyboard.press('Enter');
    await page.getByText('Type a number, or p7, s7, a7, g7, e7, d7.').waitFor();

    hits.push({ kind: 'patient', id: 7 }, { kind: 'session', id: 7 });
    await page.getByRole('heading', { level: 1 }).click();
    await search('7');
    await page.getByRole('search').getByRole('link', { name: 'Session 7' }).waitFor();
    expect(await page.getByRole('search').getByRole('link').allTextContents()).toEqual([
      'Patient 7',
      'Session 7',
    ]);
    hits.shift();
    await page.getByRole('textbox', { name: 'Find a number' }).press('Enter');
    await page.waitForURL(`${address}/admin/sessions/7`);
  });

  test.each([
    ['p7', '/admin/patients/7', {}],
    ['s7', '/admin/sessions/7', {}],
    ['S 07', '/admin/sessions/7', {}],
    ['d7', '/admin/sessions?doctor_id=7', {}],
    ['a7', '/admin/sessions/9', { patient_id: 5, session_id: 9 }],
    ['a7', '/admin/patients/5', { patient_id: 5, session_id: null }],
    ['g7', '/admin/patients/5', { patient_id: 5 }],
    ['e7', '/admin/sessions/9', { patient_id: 5, session_id: 9 }],
    ['e7', '/admin/patients/5', { patient_id: 5, session_id: null }],
  ])('goes by the letter before a number: %s to %s', async (text, place, owner) => {
    const { page, address } = await openSignedIn(browser, '/admin/audit');
    for (const path of ['appointments/7', 'subscriptions/7', 'ledger/7'])
      await answerWith(page, `/api/admin/${path}`, () => owner);
    await page.getByRole('textbox', { name: 'Find a number' }).fill(text);
    await page.keyboard.press('Enter');
    await page.waitForURL(address + place);
    // As if one had never been elsewhere.
    await page.goBack();
    await page.waitForURL(`${address}/admin/audit`);
  });
});
