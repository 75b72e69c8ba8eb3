import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { describeWithChromium, launchChromium } from './chromium.ts';
import { openApp } from './open-app.ts';
import { asPatient } from './tokens.ts';

await describeWithChromium('A page of another origin in a real browser', inABrowser);

interface Read {
  readonly status: number;
  readonly body: unknown;
  readonly requestId: string | null;
}

function inABrowser(): void {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  /** An API, and a page that is served by somebody else. */
  async function open(
    corsOrigins: (origin: string) => readonly string[],
  ): Promise<{ api: string; page: Page }> {
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>an app</title>');
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { app } = await openApp({ corsOrigins: corsOrigins(origin) });
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    await page.goto(origin);
    return { api: await app.listen({ port: 0, host: '127.0.0.1' }), page };
  }

  const call = (page: Page, url: string, method: 'GET' | 'POST', sent?: object): Promise<Read | string> =>
    page.evaluate(
      async ({ address, authorization, ...request }) => {
        try {
          const response = await fetch(address, {
            method: request.method,
            headers: { authorization, 'content-type': 'application/json' },
            ...(request.json === undefined ? {} : { body: request.json }),
          });
          const body: unknown = await response.json();
          return { status: response.status, body, requestId: response.headers.get('x-request-id') };
        } catch (error) {
          return String(error);
        }
      },
      { address: url, ...asPatient(), method, json: sent === undefined ? undefined : JSON.stringify(sent) },
    );

  const refused = 'TypeError: Failed to fetch';

  test('that is named starts a session with a token and reads the answers', async () => {
    const { api, page } = await open((origin) => [origin]);

    expect(
      await call(page, `${api}/api/text-appointments/start-session`, 'POST', { appointment_id: 501 }),
    ).toEqual({
      status: 200,
      body: expect.objectContaining({ success: true, message: 'The session has started' }),
      requestId: expect.stringMatching(/^[\w-]{36}$/),
    });
    expect(await call(page, `${api}/api/text-appointments?state=all`, 'GET')).toMatchObject({ status: 422 });
    expect(await call(page, `${api}/api/admin/sessions`, 'GET')).toBe(refused);
  });

  test('that is not named reads nothing, and what it would send with a token is never sent', async () => {
    const { api, page } = await open(() => ['https://app.example.org']);

    expect(
      await call(page, `${api}/api/text-appointments/start-session`, 'POST', { appointment_id: 501 }),
    ).toBe(refused);
  });

  test('reads what it asks for where all are allowed', async () => {
    const { api, page } = await open(() => ['*']);

    expect(await call(page, `${api}/api/balance`, 'GET')).toMatchObject({ status: 200 });
  });
}
