import { describe, expect, test } from 'vitest';
import { engineDouble } from './engine-double.ts';
import { openApp, sharedApp } from './open-app.ts';
import { openSocket, parseRaw, portOf, readToEnd, sendAndRead } from './sockets.ts';
import { asAdmin, asPatient } from './tokens.ts';

const shared = sharedApp();
const ROUTE = '/api/text-appointments/501/messages';
const MESSAGE_ID = 'f3c2b1a0-5d4e-4f6a-8b7c-9d0e1f2a3b4c';
const head = (...lines: string[]) =>
  [`POST ${ROUTE} HTTP/1.1`, 'host: a', `authorization: ${asPatient().authorization}`, ...lines, '', ''].join(
    '\r\n',
  );

const post = (payload: string | Buffer, headers: Record<string, string>) =>
  shared().app.inject({ method: 'POST', url: ROUTE, headers: { ...asPatient(), ...headers }, payload });

describe('The text of a body', () => {
  test.each(['application/json', 'application/json; charset=utf-8', 'application/json;charset="UTF-8"'])(
    'arrives as it was written: %s',
    async (type) => {
      const answer = await post(JSON.stringify({ client_message_id: MESSAGE_ID, text: 'la fièvre 😀' }), {
        'content-type': type,
      });

      expect(answer.statusCode).toBe(201);
      expect(shared().engine.asked).toMatchObject([{ with: { text: 'la fièvre 😀' } }]);
    },
  );

  test.each(['ISO-8859-1', 'windows-1252', 'utf-16', '"latin1"'])(
    'is refused with 415 where it is in another charset: %s',
    async (charset) => {
      const body = Buffer.from(
        JSON.stringify({ client_message_id: MESSAGE_ID, text: 'la fièvre' }),
        'latin1',
      );
      const answer = await post(body, { 'content-type': `application/json; charset=${charset}` });

      expect(answer.statusCode).toBe(415);
      expect(answer.json()).toMatchObject({ code: 'unsupported_media_type' });
      expect(shared().engine.asked).toStrictEqual([]);
    },
  );

  test.each(['gzip', 'deflate', 'br', 'zstd', 'gzip, identity'])(
    'is refused with 415 where it is encoded in a way that we do not read: %s',
    async (encoding) => {
      const answer = await post('{}', { 'content-type': 'application/json', 'content-encoding': encoding });

      expect(answer.statusCode).toBe(415);
      expect(answer.json()).toMatchObject({ code: 'unsupported_media_type' });
    },
  );

  test('is refused with 400 where its bytes are no UTF-8, and never stored with a replaced letter', async () => {
    const body = Buffer.from(JSON.stringify({ client_message_id: MESSAGE_ID, text: 'la fièvre' }), 'latin1');
    const answer = await post(body, { 'content-type': 'application/json' });

    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'malformed_body' });
    expect(shared().engine.asked).toStrictEqual([]);
  });
});

describe('A body that is too large', () => {
  test.each([1, 5, 10])(
    'is answered with 413 that can be read, by a raw socket: %i MB',
    async (megabytes) => {
      const { app } = await openApp();
      const body = Buffer.alloc(megabytes * 1_000_000, 'x');
      const socket = await openSocket(app);
      const answer = readToEnd(socket);
      socket.write(head('content-type: application/json', `content-length: ${body.length}`));
      socket.write(body);

      expect(parseRaw(await answer)).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
    },
  );

  test.each([1, 5, 10])('is answered with 413 that can be read, by fetch: %i MB', async (megabytes) => {
    const { app } = await openApp();
    const port = await portOf(app);
    const attempts = Array.from({ length: 5 }, async () => {
      const answer = await fetch(`http://127.0.0.1:${port}${ROUTE}`, {
        method: 'POST',
        headers: { ...asPatient(), 'content-type': 'application/json' },
        body: 'x'.repeat(megabytes * 1_000_000),
      });
      return [answer.status, await answer.json()];
    });

    for (const answer of await Promise.all(attempts))
      expect(answer).toMatchObject([413, { code: 'payload_too_large' }]);
  });

  test('is answered with 413 where its length is not told before', async () => {
    const { app } = await openApp();
    const socket = await openSocket(app);
    const answer = readToEnd(socket);
    socket.write(head('content-type: application/json', 'transfer-encoding: chunked'));
    for (let piece = 0; piece < 40; piece += 1) socket.write(`2710\r\n${'x'.repeat(10_000)}\r\n`);
    socket.write('0\r\n\r\n');

    expect(parseRaw(await answer)).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
  });

  test('is read to a bound and no further', async () => {
    const { app } = await openApp();
    const socket = await openSocket(app);
    const closed = readToEnd(socket).catch(() => '');
    socket.on('error', () => {});
    socket.write(head('content-type: application/json', 'content-length: 4000000000'));
    const piece = Buffer.alloc(1_000_000, 'x');
    let sentBytes = 0;
    const send = (): void => {
      while (!socket.destroyed && sentBytes < 4_000_000_000) {
        sentBytes += piece.length;
        if (!socket.write(piece)) return void socket.once('drain', send);
      }
    };
    send();
    await closed;

    expect(sentBytes).toBeLessThan(64_000_000);
  });
});

describe('The head of a request', () => {
  test.each([
    ['two Host headers', ['host: a', 'host: b']],
    ['the same Host header twice', ['host: a', 'Host: a']],
    ['no Host header', []],
  ])('with %s is 400, in our form', async (_what, hosts) => {
    const { app } = await openApp();
    const answer = await sendAndRead(app, `${['GET /health/live HTTP/1.1', ...hosts].join('\r\n')}\r\n\r\n`);

    expect(parseRaw(answer)).toMatchObject({
      status: 400,
      body: { success: false, code: 'malformed_request', errors: [], data: {} },
    });
  });

  test('with an unknown expectation is 417, in our form', async () => {
    const { app, logLines } = await openApp();
    const answer = await sendAndRead(app, head('expect: x', 'connection: close', 'content-length: 0'));

    expect(parseRaw(answer)).toMatchObject({ status: 417, body: { code: 'expectation_failed' } });
    expect(logLines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ msg: 'answered', status_code: 417 }),
    );
  });

  test('with Expect: 100-continue is answered with 100 first', async () => {
    const { app } = await openApp();
    const body = JSON.stringify({ client_message_id: MESSAGE_ID, text: 'a' });
    const answer = await sendAndRead(
      app,
      head(
        'expect: 100-continue',
        'connection: close',
        'content-type: application/json',
        `content-length: ${body.length}`,
      ) + body,
    );

    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
  });

  test.each(['/admin/queues/api/queues/a%00b', '/admin/queues/api/queues/alarms/a%00b', '/admin/queues/%00'])(
    'with a NUL in a name of the board is not found: %s',
    async (path) => {
      const answer = await shared().app.inject({ url: path, headers: asAdmin() });

      expect(answer.statusCode).toBe(404);
    },
  );
});

describe('A body that drips in', () => {
  test('is 408 with a valid token, although the answer has a shorter time', async () => {
    const { app } = await openApp({ limits: { handlerTimeoutMs: 150, requestTimeoutMs: 30_000 } });
    const socket = await openSocket(app);
    const answer = readToEnd(socket);
    socket.write(`${head('content-type: application/json', 'content-length: 1000')}{`);

    expect(parseRaw(await answer)).toMatchObject({ status: 408, body: { code: 'request_timeout' } });
  });

  test('is 408 on a route that the engine bounds, too', async () => {
    const { app } = await openApp({ limits: { requestTimeoutMs: 200 } });
    const request = head('content-type: application/json', 'content-length: 1000').replace(
      ROUTE,
      '/api/text-appointments/update-activity',
    );

    expect(parseRaw(await sendAndRead(app, `${request}{`))).toMatchObject({
      status: 408,
      body: { code: 'request_timeout' },
    });
  });

  test('is told from an answer that takes too long: to a whole request that is 503', async () => {
    const engine = engineDouble({ sendMessage: () => new Promise(() => {}) });
    const { app } = await openApp({ engine, limits: { handlerTimeoutMs: 50 } });
    const answer = await app.inject({
      method: 'POST',
      url: ROUTE,
      headers: asPatient(),
      payload: { client_message_id: MESSAGE_ID, text: 'a' },
    });

    expect(answer.statusCode).toBe(503);
  });
});
