/** Every act of the console, in a real Chromium on the real product: whatever is pressed, lost or doubled, it is done once. */
import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { describeWithChromium, launchChromium } from '../../http/chromium.ts';
import { buildConsole } from '../../http/console/console-browser.ts';
import { CLINIC, type LivedClinic, MINUTE, openLivedClinic, signInAt, SUPPORT } from './lived-clinic.ts';

const PATIENT = 7;
const DOCTOR = 21;
const GRANT = 11;

await describeWithChromium('Putting something right', () => {
  let browser: Browser;
  let clinic: LivedClinic;
  let appointment = 100;
  let session: number;

  beforeAll(async () => {
    await buildConsole();
    browser = await launchChromium();
    clinic = await openLivedClinic(Date.now() - 24 * 60 * MINUTE);
    await clinic.sell(CLINIC, GRANT, { patient: PATIENT, units: 200 });
  });
  afterAll(async () => {
    await browser.close();
    await clinic.close();
  });

  /** A session of patient 7, twelve minutes old: one unit is taken, one held. */
  beforeEach(async () => {
    appointment += 1;
    const startMs = clinic.nowMs() + MINUTE;
    await clinic.book(CLINIC, appointment, {
      patient: PATIENT,
      doctor: DOCTOR,
      scheduledMs: startMs - MINUTE,
    });
    await clinic.moveTo(startMs);
    await clinic.start(PATIENT, appointment);
    await clinic.moveTo(startMs + MINUTE);
    await clinic.write(PATIENT, appointment, 'Good morning.');
    await clinic.moveTo(startMs + 12 * MINUTE);
    const { rows } = await clinic.sql.query<{ id: number }>(
      'SELECT id::float8 AS id FROM text_appointment_sessions WHERE appointment_id = $1',
      [appointment],
    );
    session = rows[0]?.id ?? 0;
  });

  const openSession = (options = {}) =>
    signInAt(browser, clinic.address, `/admin/sessions/${session}`, options);
  const refunds = () => clinic.count(`ledger_entries WHERE kind = 'refund' AND session_id = $1`, [session]);
  const adjustments = () => clinic.count(`ledger_entries WHERE kind = 'adjustment' AND note = $1`, [note()]);
  const note = () => `Note of appointment ${appointment}`;
  const status = (page: Page) => page.getByRole('status').filter({ hasText: /\S/ });

  async function openGiveBack(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Give back unit 1' }).click();
    await page.getByRole('alertdialog', { name: 'Give back unit 1' }).waitFor();
    await page.getByLabel('Note').fill(note());
    await page.getByRole('button', { name: 'Give back 1 unit', disabled: false }).waitFor();
  }

  const focused = (page: Page) => page.evaluate<string>('document.activeElement.textContent');
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

  /** Does what was asked for, and loses the answer on its way. */
  const loseAnswer = async (route: Route): Promise<void> => {
    if (route.request().url().includes('preview=true')) return route.fallback();
    await route.fetch();
    return route.abort();
  };

  test('a unit is given back: the preview first, then the status, which has the focus', async () => {
    const { page, troubles } = await openSession();
    await page.getByRole('button', { name: 'Give back unit 1' }).click();
    const dialog = page.getByRole('alertdialog', { name: 'Give back unit 1' });
    await dialog.waitFor();
    expect(await page.evaluate('document.activeElement.tagName')).toBe('TEXTAREA');
    await dialog.getByText(/^Grant 11 goes from \d+ to \d+ units\.$/).waitFor();
    await page.keyboard.type(note());
    await press(page, 'Give back 1 unit');
    await expect.poll(() => status(page).textContent()).toBe('Unit 1 was given back to grant 11.');
    await expect.poll(() => focused(page)).toBe('Unit 1 was given back to grant 11.');
    expect(await dialog.count()).toBe(0);
    expect(await refunds()).toBe(1);
    // The page shows what is so now, without being loaded again.
    await page.getByRole('button', { name: 'Take back refund of unit 1' }).waitFor();
    expect(await page.getByRole('button', { name: 'Give back unit 1' }).count()).toBe(0);
    expect(troubles).toEqual([]);
  });

  test('Esc and Cancel leave everything as it was, and give the focus back', async () => {
    const { page } = await openSession();
    for (const leave of [() => page.keyboard.press('Escape'), () => press(page, 'Cancel')]) {
      await openGiveBack(page);
      await leave();
      await page.getByRole('alertdialog').waitFor({ state: 'detached' });
      await expect
        .poll(() => page.evaluate(`document.activeElement.getAttribute('aria-label')`))
        .toBe('Give back unit 1');
    }
    expect(await refunds()).toBe(0);
  });

  test('a refund is taken back, once', async () => {
    await clinic.refund(CLINIC, appointment, 1, 'By mistake.');
    const { page } = await openSession();
    await page.getByRole('button', { name: 'Take back refund of unit 1' }).click();
    await page.getByLabel('Note').fill(note());
    await page.getByText(/^Grant 11 goes from \d+ to \d+ units\.$/).waitFor();
    await page.getByRole('button', { name: 'Take back 1 unit' }).dblclick();
    await expect.poll(() => focused(page)).toBe('Refund of unit 1 was taken back.');
    expect(await adjustments()).toBe(1);
    await expect.poll(() => page.getByRole('button', { name: /^Take back/ }).count()).toBe(0);
  });

  test('a session is ended, after it was chosen whether its block is charged', async () => {
    const { page } = await openSession();
    await press(page, 'End session');
    const dialog = page.getByRole('alertdialog', { name: `End session ${session}` });
    await dialog.getByLabel('Note').fill(note());
    const button = dialog.getByRole('button', { name: 'End session' });
    expect(await button.isDisabled()).toBe(true);
    expect(await dialog.getByRole('radio', { checked: true }).count()).toBe(0);
    await dialog.getByText('Yes', { exact: true }).click();
    await dialog.getByText('Ending now takes 1 more: 2 in all.').waitFor();
    await dialog.getByText('No', { exact: true }).click();
    await dialog.getByText('Ending now costs nothing more: 1 in all.').waitFor();
    await dialog.getByText('This cannot be undone.').waitFor();
    await button.click();
    await expect.poll(() => focused(page)).toBe(`Session ${session} has ended: 1 unit.`);
    expect(
      await clinic.count(`text_appointment_sessions WHERE id = $1 AND end_reason = 'admin_end'`, [session]),
    ).toBe(1);
    await expect.poll(() => page.getByRole('button', { name: 'End session' }).count()).toBe(0);
  });

  test('a grant is adjusted, and the button says by how much', async () => {
    const { page } = await signInAt(browser, clinic.address, `/admin/patients/${PATIENT}`);
    await page.getByRole('button', { name: 'Adjust grant 11' }).click();
    const dialog = page.getByRole('alertdialog', { name: 'Adjust grant 11' });
    await dialog.getByLabel('Note').fill(note());
    await dialog.getByLabel('Units').fill('-1');
    await dialog.getByRole('button', { name: 'Take 1 unit', disabled: false }).waitFor();
    await dialog.getByLabel('Units').fill('0');
    await dialog.getByText('Units must be a whole number, and not 0.').waitFor();
    expect(await dialog.getByRole('button', { name: 'Adjust' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Units').fill('5');
    const [, before, after] =
      /from (\d+) to (\d+)/.exec((await dialog.getByText(/^Grant 11 goes/).textContent()) ?? '') ?? [];
    expect(Number(after)).toBe(Number(before) + 5);
    await dialog.getByRole('button', { name: 'Add 5 units' }).dblclick();
    await expect.poll(() => focused(page)).toBe(`Grant 11 has ${after} units now.`);
    expect(await adjustments()).toBe(1);
  });

  test('pressed twice at once, it is done once', async () => {
    const { page } = await openSession();
    await openGiveBack(page);
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') asked.push(new URL(request.url()).pathname);
    });
    // In one moment: nothing is drawn between them.
    await page.evaluate(`{
      const button = document.querySelector('[role="alertdialog"] button[type="submit"]');
      button.click();
      button.click();
    }`);
    await expect.poll(() => focused(page)).toBe('Unit 1 was given back to grant 11.');
    expect(asked.length).toBe(1);
    expect(await refunds()).toBe(1);
  });

  test('while it is under way, the button cannot be pressed', async () => {
    const { page } = await openSession();
    await openGiveBack(page);
    const { promise: answer, resolve: answerNow } = Promise.withResolvers<void>();
    await page.route('**/refund', async (route) => {
      await answer;
      await route.continue();
    });
    await press(page, 'Give back 1 unit');
    await page.getByRole('button', { name: 'Give back 1 unit', disabled: true }).waitFor();
    answerNow();
    await expect.poll(() => refunds()).toBe(1);
  });

  test('in two tabs, the second is told who did it and when, and keeps its note', async () => {
    const [one, other] = await Promise.all([openSession(), openSession()]);
    await openGiveBack(one.page);
    await openGiveBack(other.page);
    await press(one.page, 'Give back 1 unit');
    await expect.poll(() => focused(one.page)).toBe('Unit 1 was given back to grant 11.');
    await press(other.page, 'Give back 1 unit');
    await expect
      .poll(() => other.page.getByRole('alertdialog').getByRole('alert').textContent())
      .toMatch(/^This unit was given back before, by user 3 at \d\d:\d\d(:\d\d)?\.$/);
    expect(await other.page.getByLabel('Note').inputValue()).toBe(note());
    expect(await refunds()).toBe(1);
  });

  test('whose answer was lost can be tried again, as it was, and is not done twice', async () => {
    const { page } = await openSession();
    await openGiveBack(page);
    await page.route('**/refund*', loseAnswer, { times: 2 });
    await press(page, 'Give back 1 unit');
    await page.getByText('No answer. Try again: it will not be done twice.').waitFor();
    expect(await refunds()).toBe(1);
    expect(await page.getByLabel('Note').isEditable()).toBe(false);
    await page.unroute('**/refund*');
    await press(page, 'Give back 1 unit');
    await expect.poll(() => focused(page)).toBe('Unit 1 was given back to grant 11.');
    expect(await refunds()).toBe(1);
  });

  test('an adjustment whose answer was lost is one entry, too', async () => {
    const { page } = await signInAt(browser, clinic.address, `/admin/patients/${PATIENT}`);
    await page.getByRole('button', { name: 'Adjust grant 11' }).click();
    await page.getByLabel('Note').fill(note());
    await page.getByLabel('Units', { exact: true }).fill('2');
    await page.getByRole('button', { name: 'Add 2 units', disabled: false }).waitFor();
    await page.route('**/adjustments*', loseAnswer);
    await press(page, 'Add 2 units');
    await page.getByText('No answer. Try again: it will not be done twice.').waitFor();
    await page.unroute('**/adjustments*');
    await press(page, 'Add 2 units');
    await expect.poll(() => focused(page)).toMatch(/^Grant 11 has \d+ units now\.$/);
    expect(await adjustments()).toBe(1);
  });

  test('an end whose answer was lost is told as it was when it is tried again', async () => {
    const { page } = await openSession();
    await press(page, 'End session');
    const dialog = page.getByRole('alertdialog');
    await dialog.getByLabel('Note').fill(note());
    await dialog.getByText('Yes', { exact: true }).click();
    await dialog.getByText('Ending now takes 1 more: 2 in all.').waitFor();
    await page.route('**/end', loseAnswer);
    await dialog.getByRole('button', { name: 'End session' }).click();
    await page.getByText('No answer. Try again: it will not be done twice.').waitFor();
    await page.unroute('**/end');
    await dialog.getByRole('button', { name: 'End session' }).click();
    await expect.poll(() => focused(page)).toBe(`Session ${session} has ended: 2 units.`);
  });

  test('where the server is not to be had for a moment, it is tried again with one press', async () => {
    const { page } = await openSession();
    await openGiveBack(page);
    await page.route('**/refund', (route) =>
      route.fulfill({
        status: 503,
        json: { success: false, code: 'unavailable', message: 'Try again', errors: [], data: {} },
      }),
    );
    await press(page, 'Give back 1 unit');
    await page.getByText('No answer. Try again: it will not be done twice.').waitFor();
    await page.unroute('**/refund');
    await press(page, 'Give back 1 unit');
    await expect.poll(() => focused(page)).toBe('Unit 1 was given back to grant 11.');
    expect(await refunds()).toBe(1);
  });

  test('what would do something else by now is not done: the new effect is shown, to be pressed again', async () => {
    const { page } = await openSession();
    await press(page, 'End session');
    const dialog = page.getByRole('alertdialog');
    await dialog.getByLabel('Note').fill(note());
    await dialog.getByText('Yes', { exact: true }).click();
    await dialog.getByText('Ending now takes 1 more: 2 in all.').waitFor();
    // A boundary passes, and no worker writes it.
    await clinic.wait(10 * MINUTE);
    await dialog.getByRole('button', { name: 'End session' }).click();
    await dialog.getByText('Something changed meanwhile. This is the effect now:').waitFor();
    await dialog.getByText('Ending now takes 1 more: 3 in all.').waitFor();
    expect(await dialog.getByLabel('Note').inputValue()).toBe(note());
    expect(await clinic.count('text_appointment_sessions WHERE id = $1 AND is_active', [session])).toBe(1);
    await dialog.getByRole('button', { name: 'End session', disabled: false }).click();
    await expect.poll(() => focused(page)).toBe(`Session ${session} has ended: 3 units.`);
  });

  test('who is signed out meanwhile signs in and comes back to the session', async () => {
    const { page } = await openSession();
    await openGiveBack(page);
    await page.context().clearCookies();
    await press(page, 'Give back 1 unit');
    await page.waitForURL(
      `${clinic.address}/admin/sign-in?next=${encodeURIComponent(`/admin/sessions/${session}`)}`,
    );
    expect(await refunds()).toBe(0);
  });

  test('the back button does nothing twice', async () => {
    const { page } = await openSession();
    await page.getByRole('link', { name: 'Sessions' }).click();
    await page
      .getByRole('link', { name: String(session), exact: true })
      .first()
      .click();
    await openGiveBack(page);
    await press(page, 'Give back 1 unit');
    await expect.poll(() => focused(page)).toBe('Unit 1 was given back to grant 11.');
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Sessions' }).waitFor();
    await page.goForward();
    await page.getByRole('heading', { level: 1, name: `Session ${session}` }).waitFor();
    expect(await page.getByRole('alertdialog').count()).toBe(0);
    expect(await refunds()).toBe(1);
  });

  test('a note has to be written, and is in the list of who did what', async () => {
    const { page } = await openSession();
    await page.getByRole('button', { name: 'Give back unit 1' }).click();
    await page.getByRole('button', { name: 'Give back 1 unit', disabled: false }).click();
    await page.getByText('Write in a few words why.').waitFor();
    expect(await page.evaluate('document.activeElement.tagName')).toBe('TEXTAREA');
    expect(await refunds()).toBe(0);
    await page.keyboard.type(note());
    await press(page, 'Give back 1 unit');
    await expect.poll(() => refunds()).toBe(1);
    await page.getByRole('region', { name: 'Who did what' }).getByText(note()).waitFor();
    expect(
      await clinic.count(`admin_actions WHERE action = 'charge.refunded' AND note = $1 AND actor_id = $2`, [
        note(),
        SUPPORT,
      ]),
    ).toBe(1);
  });
});
