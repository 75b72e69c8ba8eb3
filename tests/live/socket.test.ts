/** What a socket may send, how many there may be, and with which code each is closed. */
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DOCTOR, PATIENT } from '../engine/clinic.ts';
import { type Api, type FollowedClinic, openFollowedClinic, openSocket, token } from './followed-clinic.ts';

const soon = { timeout: 5_000, interval: 5 };

describe('a socket', () => {
  let clinic: FollowedClinic;
  let api: Api;
  beforeAll(async () => {
    clinic = await openFollowedClinic();
    api = await clinic.openApi({ liveSockets: 30 });
    await clinic.book(1);
  });
  afterAll(() => clinic.close());

  const hello = { type: 'hello', token: token(PATIENT) };
  test.each([
    ['no JSON', ['{'], 4400, 'bad_frame'],
    ['a list', ['[]'], 4400, 'bad_frame'],
    ['an unknown type', [{ type: 'shout' }], 4400, 'bad_frame'],
    ['no type', [{}], 4400, 'bad_frame'],
    ['a frame before hello', [{ type: 'ping', id: 1 }], 4400, 'bad_frame'],
    ['a second hello', [hello, hello], 4400, 'bad_frame'],
    ['hello without a token', [{ type: 'hello' }], 4400, 'bad_frame'],
    ['a token that is no text', [{ type: 'hello', token: 7 }], 4400, 'bad_frame'],
    ['a field too many', [{ ...hello, role: 'admin' }], 4400, 'bad_frame'],
    ['follow that is no list', [{ ...hello, follow: {} }], 4400, 'bad_frame'],
    ['a follow without a cursor', [{ ...hello, follow: [{ appointment_id: 1 }] }], 4400, 'bad_frame'],
    [
      'a follow with a field too many',
      [hello, { type: 'follow', appointment_id: 1, after: 0, wait: 1 }],
      4400,
      'bad_frame',
    ],
    ['an id of 0', [hello, { type: 'follow', appointment_id: 0, after: 0 }], 4400, 'bad_frame'],
    ['an id as text', [hello, { type: 'follow', appointment_id: '1', after: 0 }], 4400, 'bad_frame'],
    ['a negative cursor', [hello, { type: 'follow', appointment_id: 1, after: -1 }], 4400, 'bad_frame'],
    [
      'a cursor that is no integer',
      [hello, { type: 'follow', appointment_id: 1, after: 0.5 }],
      4400,
      'bad_frame',
    ],
    ['an unfollow without an id', [hello, { type: 'unfollow' }], 4400, 'bad_frame'],
    ['a ping without an id', [hello, { type: 'ping' }], 4400, 'bad_frame'],
    ['a ping with a text', [hello, { type: 'ping', id: 'a' }], 4400, 'bad_frame'],
    ['an empty token', [{ type: 'hello', token: '' }], 4400, 'bad_frame'],
    ['a made-up token', [{ type: 'hello', token: 'a.b.c' }], 4401, 'unauthenticated'],
    [
      'an expired token',
      [{ type: 'hello', token: token(PATIENT, { exp: 1_700_000_000 }) }],
      4401,
      'token_expired',
    ],
    [
      'a later expired token',
      [hello, { type: 'token', token: token(PATIENT, { exp: 1_700_000_000 }) }],
      4401,
      'token_expired',
    ],
    ["another user's token", [hello, { type: 'token', token: token(DOCTOR) }], 4401, 'token_mismatch'],
    [
      '70 frames at once',
      [hello, ...Array.from({ length: 70 }, (_, id) => ({ type: 'ping', id }))],
      4429,
      'too_many_frames',
    ],
    ['a frame of more than 16 KiB', [{ type: 'hello', token: 'a'.repeat(17_000) }], 1009, ''],
  ])('that sends %s is closed for it, and the server lives on', async (_what, sent, code, reason) => {
    const socket = await openSocket(api.socketUrl);
    for (const frame of sent) socket.send(frame);
    expect(await socket.closed).toEqual({ code, reason });
    if (code !== 1009) expect(socket.frames.at(-1)).toMatchObject({ type: 'bye', code, reason });
  });

  test('that sends bytes instead of text is closed for it', async () => {
    const socket = await openSocket(api.socketUrl);
    socket.sendBytes(new TextEncoder().encode(JSON.stringify(hello)));
    expect(await socket.closed).toEqual({ code: 4400, reason: 'bad_frame' });
  });

  test('is closed when its token ends, and stays open with a newer one', async () => {
    const endsAt = Math.floor(Date.now() / 1000) + 2;
    const [left, renewed] = [await openSocket(api.socketUrl), await openSocket(api.socketUrl)];
    for (const socket of [left, renewed])
      socket.send({ type: 'hello', token: token(PATIENT, { exp: endsAt }) });
    renewed.send({ type: 'token', token: token(PATIENT) });
    expect(await left.closed).toEqual({ code: 4401, reason: 'token_expired' });
    const lateMs = Date.now() - endsAt * 1000;
    expect(lateMs).toBeGreaterThan(-1_000);
    expect(lateMs).toBeLessThan(5_000);
    renewed.send({ type: 'ping', id: 1 });
    await expect.poll(() => renewed.ofType('pong'), soon).toHaveLength(1);
    renewed.close();
  });

  test('is closed where its user has ten already', async () => {
    const sockets = [];
    for (let count = 0; count < 11; count += 1) {
      const socket = await openSocket(api.socketUrl);
      socket.send({ type: 'hello', token: token(90_001) });
      sockets.push(socket);
      if (count < 10) await expect.poll(() => socket.ofType('welcome'), soon).toHaveLength(1);
    }
    expect(await sockets.at(-1)?.closed).toEqual({ code: 4429, reason: 'too_many_sockets' });
    for (const socket of sockets) socket.close();
  });

  test('is refused with 503 where there are too many, with the time after which to come again', async () => {
    const open = [];
    for (let count = 0; count < 30; count += 1) open.push(await openSocket(api.socketUrl));
    const refused = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = {
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      };
      get(api.socketUrl.replace('ws:', 'http:'), { headers }, resolve).on('error', reject);
    });
    expect(refused.statusCode).toBe(503);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    refused.destroy();
    for (const socket of open) socket.close();
  });

  test('is needed: a plain request is answered with 426', async () => {
    const answer = await fetch(api.socketUrl.replace('ws:', 'http:'), { headers: { connection: 'close' } });
    expect(answer.status).toBe(426);
    expect(await answer.json()).toMatchObject({ success: false, code: 'upgrade_required' });
  });

  test('is told to come back when the server stops', async () => {
    const stopping = await clinic.openApi();
    const socket = await openSocket(stopping.socketUrl);
    socket.send(hello);
    await expect.poll(() => socket.ofType('welcome'), soon).toHaveLength(1);
    await stopping.stop();
    expect(await socket.closed).toEqual({ code: 1001, reason: 'going_away' });
    expect(socket.frames.at(-1)).toMatchObject({ type: 'bye', code: 1001 });
    expect(Number(socket.frames.at(-1)?.['reconnect_after_ms'])).toBeGreaterThanOrEqual(0);
  });
});
