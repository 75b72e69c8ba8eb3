import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { engineDouble } from './engine-double.ts';
import { openApp } from './open-app.ts';
import { message } from '../../src/http/documentation/examples.ts';
import { openSocket, portOf } from './sockets.ts';
import { asDoctor, asPatient } from './tokens.ts';

const MEGABYTE = 1_000_000;
const SOON = { timeout: 20_000, interval: 20 };
const ROUTE = '/api/text-appointments/501/messages';

/** More than what the systems at both ends take by themselves. */
const large = engineDouble({
  reads: {
    messages: async () => ({
      kind: 'messages',
      messages: Array.from({ length: 200 }, () => ({ ...message, text: 'x'.repeat(100_000) })),
      hasMore: true,
    }),
  },
});

/** Asks and never reads. */
async function askAndTakeNothing(
  app: FastifyInstance,
  path = ROUTE,
  headers: Record<string, string> = asPatient(),
): Promise<Socket> {
  const socket = await openSocket(app);
  socket.pause();
  const fields = Object.entries({ host: 'a', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${path} HTTP/1.1\r\n${fields.join('')}\r\n`);
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  return socket;
}

const statusFor = async (app: FastifyInstance, path: string, headers: Record<string, string>) => {
  const answer = await fetch(`http://127.0.0.1:${await portOf(app)}${path}`, { headers });
  await answer.arrayBuffer();
  return answer.status;
};

describe('An answer that nobody takes', () => {
  test('keeps its user from having more made, and nobody else', async () => {
    const { app } = await openApp({ engine: large, limits: { unsentBytes: 100 * MEGABYTE } });
    await askAndTakeNothing(app);
    await vi.waitFor(async () => expect(await statusFor(app, ROUTE, asPatient())).toBe(429), SOON);

    expect(await statusFor(app, ROUTE, asDoctor())).toBe(200);
    expect(await statusFor(app, '/api/text-appointments/501/session-status', asPatient())).toBe(200);
  });

  test('uses up the memory that all callers share, and then the next gets 503', async () => {
    const { app } = await openApp({ engine: large, limits: { unsentBytes: 21 * MEGABYTE } });
    await askAndTakeNothing(app);
    await vi.waitFor(async () => expect(await statusFor(app, ROUTE, asDoctor())).toBe(503), SOON);
  });

  test('without a token leaves room for those who have one', async () => {
    const { app } = await openApp({
      limits: { unsentBytes: 1000 * 1000, unsentBytesOfCaller: MEGABYTE * 1000 },
    });
    const { length } = (await app.inject({ url: '/docs/json' })).body;
    expect(length).toBeGreaterThan(100_000);
    const sockets = Math.ceil((1000 * 1000) / length) + 40;
    for (let index = 0; index < sockets; index += 1) await askAndTakeNothing(app, '/docs/json');

    expect(await statusFor(app, '/api/text-appointments/501/receipt', asPatient())).toBe(200);
  });

  test('is cut after a while, and then makes room', async () => {
    const { app } = await openApp({ engine: large, limits: { answerTimeoutMs: 500 } });
    const socket = await askAndTakeNothing(app);
    await vi.waitFor(async () => expect(await statusFor(app, ROUTE, asPatient())).toBe(429), SOON);
    await vi.waitFor(async () => expect(await statusFor(app, ROUTE, asPatient())).toBe(200), {
      timeout: 30_000,
      interval: 100,
    });
    const ended = once(socket, 'close');
    socket.resume();
    await ended;

    expect(socket.bytesRead).toBeLessThan(20 * MEGABYTE);
  });

  test('is not cut while it is taken, however slowly', async () => {
    const { app } = await openApp({ engine: large, limits: { answerTimeoutMs: 500 } });
    const socket = await askAndTakeNothing(app);
    const startedMs = performance.now();
    let bytes = 0;
    socket.on('data', (piece: Buffer) => {
      bytes += piece.length;
      socket.pause();
      setTimeout(() => socket.resume(), 5);
    });
    socket.resume();
    await vi.waitFor(() => expect(bytes).toBeGreaterThan(20 * MEGABYTE), { timeout: 30_000 });

    expect(performance.now() - startedMs).toBeGreaterThan(1_000);
  });
});
