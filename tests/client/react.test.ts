/** The React hooks and the client in a real browser, in strict mode, where React mounts everything twice. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'rolldown';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { ROOT } from '../structure/source-files.ts';
import { describeWithChromium, launchChromium, troublesOf } from '../http/chromium.ts';
import { type ContractServer, startContractServer } from './contract-server.ts';
import { APPOINTMENT, PATIENT, tokenOf } from './stage.ts';

const PAGE = `
import { createElement as h, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from '${ROOT}/src/client/create-client.ts';
import { useAppointment, useTimeLeft } from '${ROOT}/src/client/react.ts';

const client = createClient({ baseUrl: location.origin, getToken: async () => window.token });
window.renders = 0;

function Clock({ chat }) {
  const left = useTimeLeft(chat);
  return h('output', { 'aria-label': 'Left' }, left === null ? 'none' : String(left.ms / 1000));
}

function Chat({ name }) {
  const chat = useAppointment(client, ${APPOINTMENT});
  window.renders += 1;
  return h('section', { 'aria-label': name },
    h('output', { 'aria-label': 'Connection' }, chat.connection),
    h(Clock, { chat }),
    h('ul', null, chat.messages.map((message) =>
      h('li', { key: message.clientMessageId }, message.senderRole + ': ' + message.text + ' (' + message.state + ')'))),
    h('button', { onClick: () => chat.send('From the page') }, 'Send'));
}

function App() {
  const [count, setCount] = useState(2);
  return h('main', null,
    count > 0 && h(Chat, { name: 'first' }),
    count > 1 && h(Chat, { name: 'second' }),
    h('button', { onClick: () => setCount(count - 1) }, 'Fewer'),
    h('button', { onClick: () => setCount(count + 1) }, 'More'));
}

createRoot(document.getElementById('root')).render(h(StrictMode, null, h(App)));
`;

async function bundlePage(): Promise<string> {
  const entry = join(ROOT, 'page.js');
  const { output } = await build({
    input: entry,
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? PAGE : null),
      },
    ],
    transform: { define: { 'process.env.NODE_ENV': '"development"' } },
    output: { format: 'esm' },
    write: false,
  });
  return output[0].code;
}

await describeWithChromium('A chat in React', () => {
  let browser: Browser;
  let script: string;
  beforeAll(async () => {
    browser = await launchChromium();
    script = await bundlePage();
  });
  afterAll(() => browser.close());

  async function openPage(): Promise<{ page: Page; server: ContractServer; troubles: string[] }> {
    const server = await startContractServer();
    onTestFinished(() => server.close());
    const html = `<!doctype html><title>Chat</title><div id="root"></div><script>window.token = '${tokenOf(PATIENT)}'</script><script type="module" src="/page.js"></script>`;
    server.files.set('/', { type: 'text/html', text: html });
    server.files.set('/page.js', { type: 'text/javascript', text: script });
    server.files.set('/favicon.ico', { type: 'image/x-icon', text: '' });
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    const troubles = troublesOf(page, 'error', 'warning');
    await page.goto(`http://127.0.0.1:${server.port}/`);
    return { page, server, troubles };
  }

  test('shows what the server decides in every component that asks, and sends what the user writes', async () => {
    const { page, server, troubles } = await openPage();
    const first = page.getByRole('region', { name: 'first' });
    const second = page.getByRole('region', { name: 'second' });
    await second.getByText('live').waitFor();
    await first.getByText('none').waitFor();
    server.start();
    server.say('Good morning');
    for (const chat of [first, second]) await chat.getByText('doctor: Good morning (sent)').waitFor();
    await first.getByRole('button', { name: 'Send' }).click();
    for (const chat of [first, second]) await chat.getByText('patient: From the page (sent)').waitFor();
    expect(server.messages.map(({ text }) => text)).toEqual(['Good morning', 'From the page']);
    expect(server.followers()).toBe(1);
    expect(troubles).toEqual([]);
  });

  test('counts down by whole seconds, and renders only what changed', async () => {
    const { page, server, troubles } = await openPage();
    const first = page.getByRole('region', { name: 'first' });
    await first.getByText('live').waitFor();
    server.start();
    const left = first.getByLabel('Left');
    await vi.waitFor(async () => expect(Number(await left.textContent())).toBeGreaterThan(0), 10_000);
    expect(Number(await left.textContent())).toBeLessThanOrEqual(600);
    // The clock alone renders each second, not the chat around it, once what the start brought has come.
    await vi.waitFor(async () => {
      const from = Number(await left.textContent());
      const renders = await page.evaluate<number>('window.renders');
      await vi.waitFor(
        async () => expect(Number(await left.textContent())).toBeLessThanOrEqual(from - 2),
        10_000,
      );
      expect(await page.evaluate<number>('window.renders')).toBe(renders);
    }, 30_000);
    expect(Number.isInteger(Number(await left.textContent()))).toBe(true);
    expect(troubles).toEqual([]);
  });

  test('follows as long as one component shows it, and goes on from there when one does again', async () => {
    const { page, server, troubles } = await openPage();
    const first = page.getByRole('region', { name: 'first' });
    await first.getByText('live').waitFor();
    server.start();
    server.say('one');
    await first.getByText('doctor: one (sent)').waitFor();
    await page.getByRole('button', { name: 'Fewer' }).click();
    server.say('two');
    await first.getByText('doctor: two (sent)').waitFor();
    await page.getByRole('button', { name: 'Fewer' }).click();
    await vi.waitFor(() => expect(server.followers()).toBe(0), 10_000);
    server.say('three');
    await page.getByRole('button', { name: 'More' }).click();
    await first.getByText('doctor: three (sent)').waitFor();
    expect(await first.getByRole('listitem').count()).toBe(3);
    expect(server.followers()).toBe(1);
    expect(troubles).toEqual([]);
  });
});
