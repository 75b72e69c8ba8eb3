/** What support staff do most, without a mouse: each key that is pressed, besides typing, is written down. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithChromium, launchChromium } from '../../http/chromium.ts';
import { buildConsole, WIDE } from '../../http/console/console-browser.ts';
import { CLINIC, type LivedClinic, MINUTE, openLivedClinic, signInAt, SUPPORT } from './lived-clinic.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Writes down what is pressed. */
function keysOf(page: Page) {
  const pressed: string[] = [];
  const press = async (key: string, times = 1): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      pressed.push(key);
      await page.keyboard.press(key);
    }
  };
  const focused = (expression: string) => page.evaluate<string>(`document.activeElement.${expression}`);
  return {
    pressed,
    /** `/ Enter Tab×5 Enter`. */
    recorded: () =>
      pressed
        .map((key, place) => ({ key, isFirst: key !== pressed[place - 1], place }))
        .filter(({ isFirst }) => isFirst)
        .map(({ key, place }) => {
          const next = pressed.findIndex((other, later) => later > place && other !== key);
          const times = (next === -1 ? pressed.length : next) - place;
          return times === 1 ? key : `${key}×${times}`;
        })
        .join(' '),
    press,
    type: (text: string) => page.keyboard.type(text),
    /** Tabs, as a person does who watches where the focus is. */
    tabTo: async (name: string): Promise<void> => {
      for (let tab = 0; tab < 30; tab += 1) {
        const found = await page.evaluate<string>(
          `document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent`,
        );
        if (found === name) return;
        await press('Tab');
      }
      throw new Error(`no Tab leads to ${name}: ${pressed.join(' ')}`);
    },
    text: () => focused('textContent'),
    /** Whether what has the focus can be seen. */
    isVisible: () =>
      page.evaluate<boolean>(`(() => {
        const { top, bottom, width } = document.activeElement.getBoundingClientRect();
        return document.activeElement !== document.body && width > 0 && bottom > 0 && top < innerHeight;
      })()`),
  };
}

await describeWithChromium('By keyboard alone', () => {
  let browser: Browser;
  let clinic: LivedClinic;

  /** Patient 7 lost two units yesterday, somebody adjusted grant 11, and session 9 goes on. */
  beforeAll(async () => {
    await buildConsole();
    browser = await launchChromium();
    const nowMs = Date.now();
    clinic = await openLivedClinic(nowMs - 2 * DAY);
    await clinic.sell(CLINIC, 11, { patient: 7, units: 5 });
    await clinic.sell(CLINIC, 12, { patient: 8, units: 50 });
    const visit = async (id: number, appointment: number, patient: number, startMs: number) => {
      await clinic.moveTo(startMs - MINUTE);
      await clinic.book(CLINIC, appointment, { patient, doctor: 21, scheduledMs: startMs - MINUTE });
      await clinic.moveTo(startMs);
      await clinic.nextSession(id);
      await clinic.start(patient, appointment);
      await clinic.moveTo(startMs + MINUTE);
      await clinic.write(patient, appointment, 'Good morning.');
    };
    await visit(4, 104, 7, nowMs - 45 * HOUR);
    await clinic.moveTo(nowMs - 45 * HOUR + 5 * MINUTE);
    await clinic.end(7, 104);
    await visit(8, 108, 7, nowMs - 25 * HOUR);
    await clinic.moveTo(nowMs - 25 * HOUR + 16 * MINUTE);
    await clinic.end(7, 108);
    await clinic.moveTo(nowMs - 20 * HOUR);
    await clinic.adjust(SUPPORT, 11, 3, 'Paid at the desk.');
    await visit(9, 109, 8, nowMs - 12 * MINUTE);
    await clinic.moveTo(nowMs);
  });
  afterAll(async () => {
    await browser.close();
    await clinic.close();
  });

  test('support finds why patient 7 lost two units yesterday, and gives one back, in 25 keystrokes', async () => {
    const { page } = await signInAt(browser, clinic.address, '/admin/now');
    const keys = keysOf(page);
    await keys.press('/');
    await keys.type('p7');
    await keys.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Patient 7' }).waitFor();
    // The newest session is yesterday's, and cost 2.
    await page.getByRole('table', { name: 'Sessions' }).getByRole('link', { name: '8' }).waitFor();
    await page.getByRole('button', { name: 'Adjust grant 11' }).waitFor();
    await page.getByRole('table', { name: 'Balance over time' }).waitFor();
    await keys.tabTo('8');
    await keys.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Session 8' }).waitFor();
    // Why: a sentence a unit.
    await page
      .getByText(/^The patient ended the session at .*, so that block was charged\.$/)
      .first()
      .waitFor();
    await keys.tabTo('Give back unit 2');
    await keys.press('Enter');
    await page.getByRole('alertdialog').waitFor();
    await keys.type('The second block was about the bill.');
    await page.getByRole('button', { name: 'Give back 1 unit', disabled: false }).waitFor();
    await keys.press('Tab');
    await keys.press('Enter');
    await expect.poll(keys.text).toBe('Unit 2 was given back to grant 11.');
    expect(await keys.isVisible()).toBe(true);
    expect(keys.pressed.length).toBeLessThanOrEqual(25);
    expect(keys.recorded()).toBe('/ Enter Tab×5 Enter Tab×8 Enter Tab Enter');
    expect(await clinic.count(`ledger_entries WHERE kind = 'refund' AND session_id = 8`)).toBe(1);
  });

  test('support ends session 9 without a charge, in 15 keystrokes', async () => {
    const { page } = await signInAt(browser, clinic.address, '/admin/now');
    const keys = keysOf(page);
    await keys.press('/');
    await keys.type('s9');
    await keys.press('Enter');
    await page.getByRole('button', { name: 'End session' }).waitFor();
    await keys.tabTo('End session');
    await keys.press('Enter');
    await page.getByRole('alertdialog').waitFor();
    await keys.type('The doctor was called away.');
    await keys.press('Tab');
    await keys.press('ArrowDown');
    await page.getByText('Ending now costs nothing more: 1 in all.').waitFor();
    await keys.press('Tab');
    await keys.press('Enter');
    await expect.poll(keys.text).toBe('Session 9 has ended: 1 unit.');
    expect(await keys.isVisible()).toBe(true);
    expect(keys.pressed.length).toBeLessThanOrEqual(15);
    expect(keys.recorded()).toBe('/ Enter Tab Enter Tab ArrowDown Tab Enter');
  });

  test('a manager finds who adjusted grant 11, in 20 keystrokes', async () => {
    const { page } = await signInAt(browser, clinic.address, '/admin/now');
    const keys = keysOf(page);
    await keys.press('/');
    await keys.type('g11');
    await keys.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Patient 7' }).waitFor();
    const adjusted = page.getByRole('row', { name: /Adjusted \+3 11 .* User 3 Paid at the desk\.$/ });
    await adjusted.waitFor();
    await page.getByRole('table', { name: 'Balance over time' }).waitFor();
    await page.getByRole('table', { name: 'Sessions' }).getByRole('link', { name: '8' }).waitFor();
    await keys.tabTo('Ledger');
    expect(await keys.isVisible()).toBe(true);
    expect((await adjusted.boundingBox())?.y).toBeLessThan(WIDE.height);
    expect(keys.pressed.length).toBeLessThanOrEqual(20);
    expect(keys.recorded()).toBe('/ Enter Tab×9');
  });
});
