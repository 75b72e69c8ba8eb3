/** The real product on a database of its own, at a clock that the test moves, and browsers that are signed in to its console. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { Client } from 'pg';
import { onTestFinished } from 'vitest';
import { prepareDatabase } from '../../../src/ops/prepare-database.ts';
import { createDatabase } from '../../../tools/kit/database.ts';
import { startProgram, untilReady } from '../../../tools/kit/product-program.ts';
import { randomFrom } from '../../../tools/kit/random.ts';
import { SECRET, tokenFor } from '../../../tools/kit/tokens.ts';
import { openClinic } from '../../../tools/kit/clinic/clinic.ts';
import { takeClock } from '../../../tools/kit/clinic/moved-clock.ts';
import { openWorker } from '../../../tools/kit/clinic/worker.ts';
import { WIDE } from '../../http/console/console-browser.ts';

export const MINUTE = 60_000;
export const CLINIC = 1;
/** User 3, who puts things right in the console. */
export const SUPPORT = 3;

export type LivedClinic = Awaited<ReturnType<typeof openLivedClinic>>;

/** The clock stands at `startMs`. To be closed by the caller. */
export async function openLivedClinic(startMs: number) {
  const database = await createDatabase();
  const sql = new Client({ connectionString: database.url });
  await sql.connect();
  await prepareDatabase(database.url, null);
  const clock = await takeClock(sql, startMs);
  const worker = openWorker(database.url, sql, clock, [], randomFrom(1, 'lateness'));
  const api = await startProgram('src/server.ts', {
    HOST: '127.0.0.1',
    DATABASE_URL: database.url,
    JWT_SECRET: SECRET,
    RATE_LIMIT_PER_MINUTE: '1000000',
  });
  await untilReady(api);
  const address = `http://127.0.0.1:${api.port}`;
  return {
    ...openClinic(api.port, sql, clock, worker),
    sql,
    address,
    nowMs: clock.nowMs,
    /** Lets the time pass without a worker. */
    wait: (ms: number) => clock.moveTo(clock.nowMs() + ms),
    /** The next session gets this number. */
    nextSession: (id: number) =>
      sql.query(`SELECT setval('text_appointment_sessions_id_seq', $1, false)`, [id]),
    /** How many rows there are of what such a statement finds. */
    count: async (from: string, parameters: readonly unknown[] = []): Promise<number> =>
      (await sql.query(`SELECT FROM ${from}`, [...parameters])).rowCount ?? 0,
    close: async () => {
      await api.stop();
      await worker.close();
      await sql.end();
      await database.drop();
    },
  };
}

export interface SignedIn {
  readonly page: Page;
  /** What the browser complains of, and what it asked of a foreign place. */
  readonly troubles: string[];
}

/** A browser of its own, signed in to the console as user 3, at a path such as `/admin/now`. */
export async function signInAt(
  browser: Browser,
  address: string,
  path: string,
  options: BrowserContextOptions = {},
): Promise<SignedIn> {
  const context = await browser.newContext({ viewport: WIDE, timezoneId: 'UTC', ...options });
  onTestFinished(() => context.close());
  await context.request.post(`${address}/admin/sign-in`, {
    data: { token: tokenFor(SUPPORT, { role: 'admin' }) },
  });
  const page = await context.newPage();
  const troubles = complaintsOf(page, address);
  await page.goto(address + path);
  await page.getByText('Signed in as user 3').waitFor();
  return { page, troubles };
}

function complaintsOf(page: Page, address: string): string[] {
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(message.text());
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !url.startsWith('data:') && !url.startsWith('blob:')) troubles.push(url);
  });
  return troubles;
}
