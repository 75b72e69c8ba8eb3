/** The pages of sessions and patients, in a real Chromium on the real product. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithChromium, launchChromium } from '../../http/chromium.ts';
import { buildConsole, expectAccessible, NARROW, WIDE } from '../../http/console/console-browser.ts';
import { CLINIC, type LivedClinic, MINUTE, openLivedClinic, signInAt, SUPPORT } from './lived-clinic.ts';

const LOOKS = [
  ['wide and light', WIDE, 'light'],
  ['wide and dark', WIDE, 'dark'],
  ['narrow and light', NARROW, 'light'],
  ['narrow and dark', NARROW, 'dark'],
] as const;

await describeWithChromium('The pages of sessions and patients', () => {
  let browser: Browser;
  let clinic: LivedClinic;

  /**
   * Session 1 of patient 7 went on for 30 minutes while no worker ran, and one of its units was given back. Session 2 of
   * patient 8 goes on. Session 3 of patient 7 cost nobody a message. Grant 12 of patient 7 has expired.
   */
  beforeAll(async () => {
    await buildConsole();
    browser = await launchChromium();
    const nowMs = Date.now();
    const at = (minutesAgo: number) => nowMs - minutesAgo * MINUTE;
    clinic = await openLivedClinic(at(600));
    await clinic.sell(CLINIC, 11, { patient: 7, units: 9 });
    await clinic.sell(CLINIC, 12, { patient: 7, units: 2, expiresMs: at(300) });
    await clinic.sell(CLINIC, 13, { patient: 8, units: 50 });
    for (const [appointment, patient] of [
      [101, 7],
      [102, 8],
      [103, 7],
    ] as const)
      await clinic.book(CLINIC, appointment, { patient, doctor: 21, scheduledMs: at(600) });
    await clinic.wait(300 * MINUTE);
    await clinic.start(7, 101);
    await clinic.wait(MINUTE);
    await clinic.write(7, 101, 'Good morning.');
    await clinic.wait(MINUTE);
    await clinic.write(21, 101, 'Good morning.');
    await clinic.wait(40 * MINUTE);
    await clinic.end(7, 101);
    await clinic.refund(SUPPORT, 101, 2, 'The connection was lost.');
    await clinic.moveTo(at(100));
    await clinic.start(7, 103);
    await clinic.moveTo(at(14));
    await clinic.start(8, 102);
    await clinic.moveTo(at(13));
    await clinic.write(8, 102, 'Good morning.');
    await clinic.moveTo(nowMs);
  });
  afterAll(async () => {
    await browser.close();
    await clinic.close();
  });

  const open = (path: string, options = {}) => signInAt(browser, clinic.address, path, options);
  const idOf = async (appointment: number): Promise<number> => {
    const { rows } = await clinic.sql.query<{ id: number }>(
      'SELECT id::float8 AS id FROM text_appointment_sessions WHERE appointment_id = $1',
      [appointment],
    );
    return rows[0]?.id ?? 0;
  };
  const cells = (page: Page, table: string) =>
    page.getByRole('table', { name: table }).locator('tbody tr td:first-child').allTextContents();

  test('the list filters, and the address holds all of it', async () => {
    const { page, troubles } = await open('/admin/sessions');
    await page.getByRole('table', { name: 'Sessions' }).waitFor();
    expect((await cells(page, 'Sessions')).length).toBe(3);
    const form = page.getByRole('form', { name: 'Filter' });
    await form.getByLabel('State').selectOption('Ended');
    await form.getByLabel('Ended because').selectOption('Nobody wrote at all');
    await form.getByLabel('Patient').fill('7');
    await form.getByRole('button', { name: 'Show' }).click();
    await expect.poll(() => cells(page, 'Sessions')).toEqual([String(await idOf(103))]);
    await page.reload();
    await expect.poll(() => cells(page, 'Sessions')).toEqual([String(await idOf(103))]);
    expect(await form.getByLabel('Patient').inputValue()).toBe('7');
    await form.getByLabel('Doctor').fill('99');
    await page.keyboard.press('Enter');
    await page.getByText('No session fits.').waitFor();
    await form.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(async () => (await cells(page, 'Sessions')).length).toBe(3);
    expect(new URL(page.url()).search).toBe('');
    expect(troubles).toEqual([]);
  });

  test('the list says what cannot be asked for', async () => {
    const { page } = await open('/admin/sessions?patient_id=seven&from=2026-11-27&to=2026-11-26');
    await page.getByText('Patient must be a number.').waitFor();
    await page.getByText('To must be later than From.').waitFor();
    expect(await page.getByRole('table').count()).toBe(0);
  });

  test('the list goes back in time and forward again', async () => {
    const { page } = await open('/admin/sessions');
    await page.route('**/api/admin/sessions*', async (route) => {
      const url = new URL(route.request().url());
      url.searchParams.set('limit', '2');
      await route.continue({ url: url.href });
    });
    await page.reload();
    await page.getByRole('link', { name: 'Older' }).click();
    await expect.poll(async () => (await cells(page, 'Sessions')).length).toBe(1);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Sessions');
    await page.reload();
    await page.getByRole('link', { name: 'Newest' }).click();
    await expect.poll(async () => (await cells(page, 'Sessions')).length).toBe(2);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Sessions');
    expect(await page.getByRole('link', { name: 'Newest' }).count()).toBe(0);
    expect(page.url()).toBe(`${clinic.address}/admin/sessions`);
  });

  test.each([
    ['/admin/sessions', 'Patient', 'patient_id'],
    ['/admin/actions', 'Actor', 'actor_id'],
    ['/admin/days', 'Doctor', 'doctor_id'],
  ])(
    'the filter of %s keeps the focus, and is emptied of what was not shown yet',
    async (path, name, field) => {
      const { page } = await open(`${path}?weather=fine`);
      const input = page.getByRole('form', { name: 'Filter' }).getByLabel(name);
      await input.fill(' 7 ');
      await input.press('Enter');
      await page.waitForURL((url) => url.searchParams.get(field) === '7' && !url.searchParams.has('weather'));
      await expect.poll(() => input.inputValue()).toBe('7');
      expect(await page.evaluate(`document.activeElement.localName`)).toBe('input');
      const clear = page.getByRole('button', { name: 'Clear' });
      await clear.click();
      await page.waitForURL(clinic.address + path);
      await page.goBack();
      await expect.poll(() => input.inputValue()).toBe('7');
      await page.goForward();
      await expect.poll(() => input.inputValue()).toBe('');
      await input.fill('seven');
      await clear.click();
      expect(await input.inputValue()).toBe('');
    },
  );

  test('a session tells the same in its drawing and in the table below it', async () => {
    const id = await idOf(101);
    const { page, troubles } = await open(`/admin/sessions/${id}`);
    const drawing = page.getByRole('img', {
      name: new RegExp(`^Session ${id}, from .*: 5 blocks, 4 units taken`),
    });
    await drawing.waitFor();
    expect(await drawing.getAttribute('aria-label')).toContain('patient wrote 1, doctor wrote 1');
    const told = page.getByRole('table', { name: 'What happened' });
    await told.getByText('The unit of block 1 was taken from grant 11').waitFor();
    // Nobody settled it until the patient ended it.
    expect(await told.getByText(/ late$/).count()).toBeGreaterThanOrEqual(3);
    expect(await drawing.locator('.late').count()).toBeGreaterThanOrEqual(3);
    const why = page.getByRole('table', { name: 'Units' });
    await why
      .getByText(
        /^Block 1, .* was complete, so the unit held for it was taken from grant 11\. It was written 32 min/,
      )
      .waitFor();
    await why
      .getByText(/^User 3 gave the unit of block 2 back at .*: "The connection was lost\."\.?$/)
      .waitFor();
    expect(troubles).toEqual([]);
  });

  test('a session that goes on is asked for every two seconds, and not while nobody sees the page', async () => {
    const id = await idOf(102);
    const { page } = await open(`/admin/sessions/${id}`);
    await page.clock.install();
    await page.reload();
    await page.getByRole('button', { name: 'End session' }).waitFor();
    let asked = 0;
    page.on('response', (response) => {
      if (response.url().includes(`/api/admin/sessions/${id}`)) asked += 1;
    });
    for (const times of [1, 2, 3]) {
      await page.clock.runFor(2_000);
      await expect.poll(() => asked).toBe(times);
    }
    await page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'))`);
    await page.clock.runFor(60_000);
    expect(asked).toBe(3);
  });

  test('a session has a link to be sent to somebody', async () => {
    const path = `/admin/sessions/${await idOf(101)}`;
    const { page } = await open(path, { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByText('The link was copied.').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(clinic.address + path);
  });

  test.each([
    ['/admin/sessions/77', 'No session 77'],
    ['/admin/patients/77', 'No patient 77'],
    ['/admin/sessions/seven', 'No session seven'],
  ])('%s says that there is none', async (path, name) => {
    const { page } = await open(path);
    await page.getByRole('heading', { level: 1, name }).waitFor();
    expect(await page.title()).toBe(`${name} – Session engine`);
  });

  test('a page that could not be loaded says so, with the number of the request, and can be tried again', async () => {
    const { page } = await open('/admin/sessions');
    await page.route('**/api/admin/patients/7/balance', (route) =>
      route.fulfill({
        status: 500,
        headers: { 'x-request-id': 'r-1' },
        json: { success: false, code: 'internal', message: 'Something went wrong', errors: [], data: {} },
      }),
    );
    await page.goto(`${clinic.address}/admin/patients/7`);
    await page.getByText('Could not load this: Something went wrong. Request r-1.').waitFor();
    await page.unroute('**/api/admin/patients/7/balance');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('region', { name: 'Balance' }).getByText('Available').waitFor();
  });

  test('a patient has a balance, grants, sessions and a ledger, which is a file as well', async () => {
    const { page, troubles } = await open('/admin/patients/7');
    await page.getByRole('img', { name: /^Balance of patient 7 over time/ }).waitFor();
    expect(await cells(page, 'Grants')).toEqual(['11', '12']);
    await page.getByText('expired', { exact: true }).waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download CSV' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('ledger-7.csv');
    expect(troubles).toEqual([]);
  });

  test('a night is shown with its differences, and an acknowledgement that fails says so', async () => {
    const { page } = await open('/admin/audit');
    const night = (date: string, expected: string) => ({
      night: date,
      finished_at: `${date}T02:00:05.000Z`,
      sessions: 9812,
      ledger_entries: 31_234,
      differences: 1,
      acknowledged: null,
      drift: [
        { what: 'a balance', patient_id: 7, session_id: null, column: 'balance_after', expected, found: '4' },
      ],
    });
    await page.route('**/api/admin/audit/runs', (route) =>
      route.fulfill({
        json: {
          success: true,
          message: '',
          data: { runs: [night('2026-11-27', '3'), night('2026-11-26', '5')] },
        },
      }),
    );
    await page.route('**/acknowledge', (route) => route.abort());
    await page.reload();
    const earlier = page.getByRole('row', { name: /^2026-11-26 .* 9,812 31,234/ });
    await earlier.getByRole('button', { name: 'Show 1' }).click();
    const shown = page.getByRole('region', { name: 'Night of 2026-11-26' });
    await shown.getByRole('table', { name: 'Differences' }).getByRole('cell', { name: '5' }).waitFor();
    // The verdict is seen before it is read, on a page that was opened by itself.
    const [verdict, text] = await page.evaluate<string[]>(
      `['main strong', 'main'].map((part) => getComputedStyle(document.querySelector(part)).color)`,
    );
    expect(verdict).not.toBe(text);
    await shown.getByLabel('Note').fill('Known since Monday.');
    await shown.getByRole('button', { name: 'Acknowledge' }).click();
    await shown.getByText('It was not acknowledged: No answer.').waitFor();
  });

  test.each(LOOKS)(
    'have nothing against them: %s',
    { timeout: 120_000 },
    async (look, viewport, colorScheme) => {
      const { page, troubles } = await open('/admin/sessions', { viewport, colorScheme });
      const check = async (state: string) => {
        await expectAccessible(page, `${look}: ${state}`);
        expect([state, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([
          state,
          viewport.width,
        ]);
      };
      const goTo = (path: string) => page.goto(clinic.address + path);
      await page.getByRole('table', { name: 'Sessions' }).waitFor();
      await check('sessions');
      await goTo('/admin/sessions?doctor_id=99');
      await page.getByText('No session fits.').waitFor();
      await check('no session');
      await goTo('/admin/sessions?patient_id=x&from=y');
      await page.getByText('Patient must be a number.').waitFor();
      await check('a filter with mistakes');
      await goTo(`/admin/sessions/${await idOf(101)}`);
      await page.getByRole('button', { name: 'Give back unit 1' }).waitFor();
      await check('a session that has ended');
      await page.getByRole('button', { name: 'Give back unit 1' }).click();
      await page.getByText(/^Grant 11 goes/).waitFor();
      await check('giving back');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Take back refund of unit 2' }).click();
      await page.getByText(/^Grant 11 goes/).waitFor();
      await check('taking back');
      await goTo(`/admin/sessions/${await idOf(102)}`);
      await page.getByRole('button', { name: 'End session' }).click();
      await check('ending');
      await page.getByRole('alertdialog').getByText('Yes', { exact: true }).click();
      await page.getByText('This cannot be undone.').waitFor();
      await check('ending, chosen');
      await goTo('/admin/sessions/77');
      await page.getByRole('heading', { name: 'No session 77' }).waitFor();
      await check('no such session');
      await goTo('/admin/patients/7');
      await page.getByRole('img', { name: /^Balance of patient 7/ }).waitFor();
      await page.getByRole('table', { name: 'Ledger' }).waitFor();
      await check('a patient');
      await page.getByRole('button', { name: 'Adjust grant 12' }).click();
      await page.getByLabel('Units', { exact: true }).fill('5');
      await page.getByText(/has expired: the patient cannot use this unit/).waitFor();
      await check('adjusting');
      await page.route('**/api/admin/subscriptions/**', (route) => route.abort());
      await page.getByLabel('Note').fill('A note');
      await page.getByRole('button', { name: 'Add 5 units', disabled: false }).click();
      await page.getByText('No answer. Try again: it will not be done twice.').waitFor();
      await check('no answer');
      expect(troubles.filter((trouble) => !/Failed to load resource/.test(trouble))).toEqual([]);
    },
  );
});
