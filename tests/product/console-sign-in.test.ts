/** The console as a person meets it first: `npm start`, the link that it prints, every page. */
import { expect, test } from 'vitest';
import { describeWithChromium, troublesOf } from '../http/chromium.ts';
import { sharedNpmStart } from './npm-start.ts';

await describeWithChromium('The console of npm start', () => {
  const started = sharedNpmStart();

  test('is opened by the link that it prints, finds that all is well, and shows each of its pages', async () => {
    const page = await started.browser.newPage();
    const troubles = troublesOf(page, 'error');
    await page.goto(started.addressOf('Console'));
    await page.getByText('Sign in as user 1 (admin)').waitFor();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Signed in as user 1 (admin)').waitFor();
    await page.getByRole('heading', { name: 'All is well' }).waitFor();
    const workers = page.getByRole('region', { name: 'Workers' });
    expect(await workers.getByRole('row', { name: /^(API|Worker) \d+/ }).count()).toBe(2);

    const main = page.getByRole('navigation', { name: 'Main' });
    // The demo has bought ten units for its patient.
    await main.getByRole('link', { name: 'Days' }).click();
    await page.getByRole('row', { name: /^In all .* 10$/ }).waitFor();
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download CSV' }).click();
    const stream = await (await downloading).createReadStream();
    const csv = (await stream.setEncoding('utf8').toArray()).join('');
    expect(csv.split('\r\n')[0]).toMatch(/^date,started,.*,units_bought$/);

    await main.getByRole('link', { name: 'Who did what' }).click();
    await page.getByRole('row', { name: /User 1 Signed in/ }).waitFor();
    const bought = page.getByRole('row', { name: /Created a grant/ });
    await bought.getByRole('button', { name: 'Before and after' }).click();
    await bought.getByText('patient_id').waitFor();

    await main.getByRole('link', { name: 'Audit' }).click();
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText('No difference was found in 0 sessions.').waitFor();

    await main.getByRole('link', { name: 'Sessions' }).click();
    await page.getByText('No session fits.').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('101\n');
    await page.getByRole('heading', { level: 1, name: 'Patient 101' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(troubles).toEqual([]);
    await page.close();
  });
});
