/** What the two people in a chat get over `/api/live`, whatever process does what, on both buses. */
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRedis, type TestRedis } from '../../tools/kit/redis.ts';
import { DOCTOR, PATIENT } from '../engine/clinic.ts';
import {
  adminToken,
  type Api,
  type FollowedClinic,
  openFollowedClinic,
  openSocket,
  token,
} from './followed-clinic.ts';

const soon = { timeout: 5_000, interval: 5 };

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

describe.each(['PostgreSQL', 'Redis'] as const)('over a bus on %s', (bus) => {
  let clinic: FollowedClinic;
  let first: Api;
  let second: Api;
  beforeAll(async () => {
    clinic = await openFollowedClinic(bus === 'Redis' ? redis.url : null);
    first = await clinic.openApi();
    second = await clinic.openApi();
  });
  afterAll(() => clinic.close());

  test('patient and doctor on two APIs and the route read one and the same log, 1 to k, that a third process wrote', async () => {
    const worker = await clinic.openWorker();
    await clinic.at(0);
    await clinic.grant(1, 3);
    await clinic.book(1);
    const patient = await openSocket(first.socketUrl);
    const doctor = await openSocket(second.socketUrl);
    patient.send({ type: 'hello', token: token(PATIENT), follow: [{ appointment_id: 1, after: 0 }] });
    doctor.send({ type: 'hello', token: token(DOCTOR), follow: [{ appointment_id: 1, after: 0 }] });
    await expect.poll(() => doctor.ofType('following'), soon).toHaveLength(1);

    await first.start(1, PATIENT);
    await second.send(1, DOCTOR, 'Good morning');
    await first.send(1, PATIENT, 'Good morning, doctor');
    await clinic.at(20);
    await worker.sweep();
    await clinic.at(24);
    await second.end(1, DOCTOR);
    await first.refund(
      Number(
        (await clinic.sql.query(`SELECT max(id) AS id FROM ledger_entries WHERE kind = 'charge'`)).rows[0].id,
      ),
    );

    const types = [
      'session.started',
      'activity',
      'message.created',
      'activity',
      'message.created',
      'deduction',
      'deduction',
      'low_balance',
      'deduction',
      'session.ended',
      'refund',
    ];
    await expect
      .poll(() => patient.events(1).map(({ type }) => type), { ...soon, timeout: 15_000 })
      .toEqual(types);
    await expect
      .poll(() => doctor.events(1).map(({ n }) => n), { ...soon, timeout: 15_000 })
      .toEqual(types.map((_type, index) => index + 1));
    const answer = await fetch(`${first.url}/text-appointments/1/events`, {
      headers: { authorization: `Bearer ${token(PATIENT)}` },
    });
    const { data } = Object(await answer.json());
    expect(data).toMatchObject({ head: types.length, next_after: types.length });
    expect(patient.events(1)).toEqual(data.events);
    expect(doctor.events(1)).toEqual(data.events);
    expect(data.events.at(-2).data).toEqual({
      ended_at: '2026-11-22T09:24:00.000Z',
      reason: 'manual_end',
      sessions_deducted: 1,
      total_sessions_used: 3,
    });
    await expect
      .poll(() => Object(patient.ofType('state').at(-1)?.['session']), { ...soon, timeout: 15_000 })
      .toMatchObject({
        is_ended: true,
        sessions_used: 2,
        event_no: types.length,
        message_no: 2,
        ends_at: null,
      });
    patient.close();
    doctor.close();
  });

  test('a state with at least its number follows every event but a message, and never goes back', async () => {
    await clinic.at(0);
    await clinic.grant(2, 9);
    await clinic.book(2);
    const patient = await openSocket(first.socketUrl);
    patient.send({ type: 'hello', token: token(PATIENT), follow: [{ appointment_id: 2, after: 0 }] });
    await expect.poll(() => patient.ofType('following'), soon).toHaveLength(1);
    await second.start(2, PATIENT);
    for (let count = 0; count < 20; count += 1)
      await second.send(2, count % 2 === 0 ? DOCTOR : PATIENT, `line ${count}`);
    await second.end(2, PATIENT);

    await expect.poll(() => Object(patient.ofType('state').at(-1)?.['session'])['event_no'], soon).toBe(24);
    let stated = 0;
    for (const [index, frame] of patient.frames.entries()) {
      if (frame.type === 'state') {
        const eventNo = Number(Object(frame['session'])['event_no']);
        expect(eventNo).toBeGreaterThanOrEqual(stated);
        stated = eventNo;
      }
      const event = Object(frame['event']);
      if (frame.type !== 'event' || event.type === 'message.created') continue;
      const later = patient.frames.slice(index).filter(({ type }) => type === 'state');
      expect(later.some(({ session }) => Number(Object(session)['event_no']) >= Number(event.n))).toBe(true);
    }
    patient.close();
  });

  test('a top-up in the last block tells both sides of the new end within 100 ms', async () => {
    await clinic.at(0);
    await clinic.grant(3, 1);
    await clinic.book(3, { patient: 33, doctor: 34 });
    await clinic.grant(31, 1, { patient: 33 });
    const both = [await openSocket(first.socketUrl), await openSocket(second.socketUrl)];
    for (const [index, socket] of both.entries())
      socket.send({ type: 'hello', token: token(33 + index), follow: [{ appointment_id: 3, after: 0 }] });
    for (const socket of both) await expect.poll(() => socket.ofType('following'), soon).toHaveLength(1);
    await first.start(3, 33);
    await first.send(3, 33, 'hello');
    for (const socket of both)
      await expect.poll(() => socket.events(3).map(({ type }) => type), soon).toContain('low_balance');
    const atOnce = performance.now();
    await first.grant(31, 4, { patient: 33 });
    for (const socket of both)
      await expect
        .poll(() => Object(socket.ofType('state').at(-1)?.['session']), { timeout: 5_000, interval: 2 })
        .toMatchObject({ ends_at: '2026-11-22T09:40:00.000Z', ends_reason: 'balance_exhausted' });
    expect(performance.now() - atOnce).toBeLessThan(process.env['CI'] === 'true' ? 1_000 : 500);
    for (const socket of both) socket.close();
  });

  test('an administrator sees everything but the texts, and the notes that participants do not see', async () => {
    const admin = await openSocket(second.socketUrl);
    admin.send({ type: 'hello', token: adminToken(700), follow: [{ appointment_id: 1, after: 0 }] });
    await expect.poll(() => admin.events(1), soon).toHaveLength(11);

    const messages = admin.events(1).filter(({ type }) => type === 'message.created');
    expect(messages.map(({ data }) => Object(data['message'])['text'])).toEqual([null, null]);
    expect(admin.events(1).at(-1)).toMatchObject({ type: 'refund', data: { note: 'as agreed' } });
    admin.close();
  });
});

describe('a follow', () => {
  let clinic: FollowedClinic;
  let api: Api;
  beforeAll(async () => {
    clinic = await openFollowedClinic();
    api = await clinic.openApi();
    await clinic.grant(1, 9);
    await clinic.book(1);
  });
  afterAll(() => clinic.close());
  const hello = async (user: number, follow: object[] = []) => {
    const socket = await openSocket(api.socketUrl);
    socket.send({ type: 'hello', token: token(user), follow });
    return socket;
  };

  test('is welcomed, told where it stands, and answers a ping', async () => {
    const socket = await hello(PATIENT, [{ appointment_id: 1, after: 0 }]);
    socket.send({ type: 'ping', id: 7 });
    await expect
      .poll(() => socket.frames.map(({ type }) => type), soon)
      .toEqual(['welcome', 'following', 'pong']);
    expect(socket.frames[0]).toMatchObject({ user_id: PATIENT, ping_seconds: 25, idle_seconds: 75 });
    expect(socket.frames[1]).toMatchObject({
      appointment_id: 1,
      after: 0,
      head: 0,
      session: { is_active: false },
    });
    expect(socket.frames[2]).toEqual({ type: 'pong', id: 7 });
    socket.close();
  });

  test.each([
    [{ appointment_id: 999, after: 0 }, 'appointment_not_found', {}],
    [{ appointment_id: 1, after: 5 }, 'cursor_ahead', { head: 0 }],
  ])('of %j is refused, and the socket stays', async (follow, code, data) => {
    const socket = await hello(PATIENT, [follow]);
    await expect.poll(() => socket.ofType('refused'), soon).toMatchObject([{ code, data }]);
    socket.send({ type: 'ping', id: 1 });
    await expect.poll(() => socket.ofType('pong'), soon).toHaveLength(1);
    socket.close();
  });

  test('of a stranger is refused', async () => {
    const socket = await hello(4_711, [{ appointment_id: 1, after: 0 }]);
    await expect.poll(() => socket.ofType('refused'), soon).toMatchObject([{ code: 'not_a_participant' }]);
    socket.close();
  });

  test('number 51 of a socket is refused', async () => {
    for (let id = 100; id < 151; id += 1) await clinic.book(id);
    const socket = await hello(
      PATIENT,
      Array.from({ length: 51 }, (_, i) => ({ appointment_id: 100 + i, after: 0 })),
    );
    await expect.poll(() => socket.ofType('following'), soon).toHaveLength(50);
    expect(socket.ofType('refused')).toMatchObject([{ code: 'follow_limit' }]);
    socket.send({ type: 'unfollow', appointment_id: 100 });
    socket.send({ type: 'unfollow', appointment_id: 12_345 });
    socket.send({ type: 'follow', appointment_id: 150, after: 0 });
    await expect.poll(() => socket.ofType('following'), soon).toHaveLength(51);
    expect(socket.ofType('unfollowed').map((frame) => frame['appointment_id'])).toEqual([100, 12_345]);
    socket.close();
  });

  test('ends where a new token comes and the right is gone', async () => {
    await clinic.book(2, { patient: PATIENT, doctor: 801 });
    const socket = await hello(801, [{ appointment_id: 2, after: 0 }]);
    await expect.poll(() => socket.ofType('following'), soon).toHaveLength(1);
    await clinic.book(2, { patient: PATIENT, doctor: 802 });
    socket.send({ type: 'token', token: token(801) });
    await expect
      .poll(() => socket.frames.slice(2).map(({ type }) => type), soon)
      .toEqual(['refused', 'token']);
    expect(socket.ofType('refused')).toMatchObject([{ appointment_id: 2, code: 'not_a_participant' }]);
    socket.close();
  });
});

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

  test('is closed within a second of the end of its token, and stays open with a newer one', async () => {
    const endsAt = Math.floor(Date.now() / 1000) + 2;
    const [left, renewed] = [await openSocket(api.socketUrl), await openSocket(api.socketUrl)];
    for (const socket of [left, renewed])
      socket.send({ type: 'hello', token: token(PATIENT, { exp: endsAt }) });
    renewed.send({ type: 'token', token: token(PATIENT) });
    expect(await left.closed).toEqual({ code: 4401, reason: 'token_expired' });
    expect(Math.abs(Date.now() - endsAt * 1000)).toBeLessThan(1_000);
    renewed.send({ type: 'ping', id: 1 });
    await expect.poll(() => renewed.ofType('pong'), soon).toHaveLength(1);
    renewed.close();
  });

  test('number 11 of one user is closed', async () => {
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

  test('is refused with 503 where there are too many, and told to come again', async () => {
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

  test('is needed: a plain request is told so with 426', async () => {
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
