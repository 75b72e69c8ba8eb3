import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { openApp } from './open-app.ts';
import { openSocket, portOf, readToEnd } from './sockets.ts';
import { asPatient } from './tokens.ts';

const BODY = '{"appointment_id":501}';
const HEAD = [
  'POST /api/text-appointments/start-session HTTP/1.1',
  'host: a',
  `authorization: ${asPatient().authorization}`,
  'content-type: application/json',
  `content-length: ${BODY.length}`,
  '',
  '',
].join('\r\n');

describe('A stop', () => {
  test('answers a request of which half is there, closes its connection and is over at once', async () => {
    const { app } = await openApp();
    const socket = await openSocket(app);
    const answer = readToEnd(socket);
    const arrived = once(app.server, 'request');
    socket.write(`${HEAD}${BODY.slice(0, 5)}`);
    await arrived;
    const beforeMs = performance.now();
    const closed = app.close();
    socket.write(BODY.slice(5));

    expect(await answer).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.*\r\n)*connection: close\r\n/i);
    await closed;
    expect(performance.now() - beforeMs).toBeLessThan(5_000);
  });

  test.each([
    ['kept open after an answer', 'GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['never used', ''],
  ])('waits for no connection that was %s', async (_what, bytes) => {
    const { app } = await openApp();
    const socket = await openSocket(app);
    if (bytes !== '') {
      socket.write(bytes);
      await once(socket, 'data');
    }
    const ended = once(socket, 'close');
    const beforeMs = performance.now();
    await app.close();
    await ended;

    expect(performance.now() - beforeMs).toBeLessThan(5_000);
  });

  test('cuts what does not come to its end', async () => {
    const { app } = await openApp({ limits: { stopTimeoutMs: 300 } });
    const socket = await openSocket(app);
    const answer = readToEnd(socket);
    const arrived = once(app.server, 'request');
    socket.write(HEAD);
    await arrived;
    await app.close();

    expect(await answer).toBe('');
  });

  test('closes a connection that becomes idle while it goes on', async () => {
    const { app } = await openApp();
    const port = await portOf(app);
    const slow = await openSocket(app);
    const arrived = once(app.server, 'request');
    slow.write(HEAD);
    await arrived;
    const kept = await fetch(`http://127.0.0.1:${port}/health/live`);
    const beforeMs = performance.now();
    const closed = app.close();
    await kept.text();
    slow.write(BODY);
    await closed;

    expect(performance.now() - beforeMs).toBeLessThan(5_000);
  });
});
