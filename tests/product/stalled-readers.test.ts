import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { prepareDatabase } from '../../src/ops/prepare-database.ts';
import { createDatabase } from '../../tools/kit/database.ts';
import { type Program, startProgram, untilReady } from '../../tools/kit/product-program.ts';
import { SECRET, tokenFor } from '../../tools/kit/tokens.ts';
import { openProcess } from '../engine/clinic.ts';

const PATIENT = 101;
const OTHER_PATIENT = 102;
const SOCKETS = 400;
const MEGABYTE = 1024 * 1024;
const messagesOf = (appointment: number) => `/api/text-appointments/${appointment}/messages?limit=200`;

const bearer = (user: number) => ({ authorization: `Bearer ${tokenFor(user)}` });

async function residentBytes({ port }: Program): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]);
}

/** The largest page of messages that there can be: two hundred of the longest. */
async function prepareConversations(url: string): Promise<void> {
  const engine = openProcess(url);
  for (const [appointment, patient] of [
    [501, PATIENT],
    [502, OTHER_PATIENT],
  ] as const) {
    await engine.grant(appointment, 5, { patient });
    await engine.book(appointment, { patient, scheduledAt: 0 });
    await engine.start(appointment, patient);
    const texts = Array.from({ length: 200 }, () => '😀'.repeat(4000));
    await Promise.all(texts.map((text) => engine.send(appointment, patient, text, crypto.randomUUID())));
  }
  await engine.close();
}

/** Sockets of one patient, each of which asks for a page and reads nothing. */
async function openStalledReaders(
  port: number,
  path: string,
  headers: Record<string, string>,
): Promise<Socket[]> {
  const fields = Object.entries({ host: 'a', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Promise.all(
    Array.from({ length: SOCKETS }, async () => {
      const socket = connect(port, '127.0.0.1');
      socket.pause();
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write(`GET ${path} HTTP/1.1\r\n${fields.join('')}\r\n`);
      return socket;
    }),
  );
}

test.each([
  ['pages of messages', messagesOf(501), bearer(PATIENT)],
  ['the documentation', '/docs/json', {}],
])(
  'four hundred sockets that ask for %s and take nothing fill no memory, and nobody else waits for them',
  async (_what, path, headers) => {
    const database = await createDatabase();
    await prepareDatabase(database.url, null);
    await prepareConversations(database.url);
    const api = await startProgram('src/server.ts', {
      DATABASE_URL: database.url,
      JWT_SECRET: SECRET,
      RATE_LIMIT_PER_MINUTE: '10000',
    });
    onTestFinished(async () => {
      await api.kill();
      await database.drop();
    });
    await untilReady(api);
    const get = async (asked: string, user: number) => {
      const startedMs = performance.now();
      const answer = await fetch(`http://127.0.0.1:${api.port}${asked}`, { headers: bearer(user) });
      await answer.arrayBuffer();
      return { status: answer.status, tookMs: performance.now() - startedMs };
    };
    const statusOf502 = '/api/text-appointments/502/session-status';
    // As a process that has served for a while, one after the other.
    for (const asked of [messagesOf(502), '/docs/json', messagesOf(502)])
      for (let count = 0; count < 30; count += 1) await get(asked, OTHER_PATIENT);
    const beforeBytes = await residentBytes(api);

    const sockets = await openStalledReaders(api.port, path, headers);
    const latenciesMs: number[] = [];
    let mostBytes = 0;
    for (let index = 0; index < 300; index += 1) {
      const { status, tookMs } = await get(index % 10 === 0 ? messagesOf(502) : statusOf502, OTHER_PATIENT);
      expect(status).toBe(200);
      latenciesMs.push(tookMs);
      if (index % 20 === 0) mostBytes = Math.max(mostBytes, await residentBytes(api));
    }

    expect((mostBytes - beforeBytes) / MEGABYTE).toBeLessThan(64);
    expect(latenciesMs.toSorted((a, b) => a - b)[296]).toBeLessThan(1_000);
    // Those who come back after a while are answered as ever.
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(async () => expect((await get(path, PATIENT)).status).toBe(200), { timeout: 10_000 });
  },
);
