/** What the server does with the connections of sockets: how they begin and end, and when it gives them up. */
import type { Socket as TcpSocket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { DOCTOR, PATIENT } from '../engine/clinic.ts';
import {
  type Api,
  askEvents,
  type FollowedClinic,
  following,
  openFollowedClinic,
  openSocket,
  type Socket,
  token,
} from './followed-clinic.ts';
import { frameOf, openRaw, openReader, PING, UPGRADE } from './raw-socket.ts';

const soon = { timeout: 10_000, interval: 5 };

let clinic: FollowedClinic;
let api: Api;
beforeAll(async () => {
  clinic = await openFollowedClinic();
  api = await clinic.openApi({ requestsPerMinute: 5 });
  await clinic.grant(1, 9);
  await clinic.book(1);
  await clinic.start(1, PATIENT);
});
afterAll(() => clinic.close());

const hello = (user = PATIENT) => ({ type: 'hello', token: token(user) });
const reading = (socket: TcpSocket) => {
  const reader = openReader();
  socket.on('data', (chunk: Buffer) => reader.take(chunk)).resume();
  return reader;
};

describe('a socket', () => {
  test('whose hello comes in the same segment as the upgrade is welcomed', async () => {
    const socket = await openRaw(api.port);
    const reader = reading(socket);
    const follow = [{ appointment_id: 1, after: 0 }];
    socket.write(
      Buffer.concat([
        Buffer.from(UPGRADE),
        frameOf({ ...hello(), follow }),
        frameOf({ type: 'ping', id: 3 }),
      ]),
    );
    await expect
      .poll(() => reader.frames.map(({ type }) => type), soon)
      .toEqual(expect.arrayContaining(['welcome', 'following', 'event', 'pong']));
    socket.destroy();
  });

  test('whose client sends FIN is closed, and nothing of it stays', async () => {
    await expect.poll(api.watchers, soon).toBe(0);
    const socket = await openRaw(api.port);
    const reader = reading(socket);
    socket.write(
      Buffer.concat([
        Buffer.from(UPGRADE),
        frameOf({ ...hello(), follow: [{ appointment_id: 1, after: 0 }] }),
      ]),
    );
    await expect.poll(() => reader.frames.map(({ type }) => type), soon).toContain('following');
    expect(api.watchers()).toBe(1);
    socket.end();
    await expect.poll(() => socket.closed, soon).toBe(true);
    await expect.poll(api.watchers, soon).toBe(0);
  });

  test('that is closed changes nothing of the session', async () => {
    const socket = await following(api, PATIENT, 1);
    const before = await clinic.sql.query('SELECT * FROM text_appointment_sessions');
    socket.close();
    await socket.closed;
    expect((await clinic.sql.query('SELECT * FROM text_appointment_sessions')).rows).toEqual(before.rows);
    expect(await api.send(1, DOCTOR, 'still here')).toMatchObject({ kind: 'stored' });
  });

  test('is not counted against the limit of requests, before or after it is known whose it is', async () => {
    for (let count = 0; count < 30; count += 1) {
      const socket = await openSocket(api.socketUrl);
      socket.send(hello(7_000 + (count % 10)));
      await expect.poll(() => socket.ofType('welcome'), soon).toHaveLength(1);
      socket.close();
      await socket.closed;
    }
    const answer = await fetch(`${api.url}/text-appointments/1/events`, {
      headers: { authorization: `Bearer ${token(PATIENT)}` },
    });
    expect(answer.status).toBe(200);
  });

  test('that asks for an upgrade while the server stops is told to come again, not that it needs one', async () => {
    const stopping = await clinic.openApi({ liveDrainMs: 2_000 });
    const open = [await following(stopping, PATIENT, 1), await following(stopping, DOCTOR, 1)];
    const late = await openRaw(stopping.port);
    // It has sent something, so that the stop takes it for a request under way.
    late.write(UPGRADE.slice(0, 10));
    const answer = new Promise<string>((resolve) => late.once('data', (chunk) => resolve(String(chunk))));
    late.resume();
    // Answered on the same event loop: what was written before it has been read by then.
    await askEvents(stopping, 1, 'after=0');
    const stopped = stopping.stop();
    await open[0]?.closed;
    late.write(UPGRADE.slice(10));
    expect(await answer).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: \d/i);
    late.destroy();
    await stopped;
  });
});

describe('of sockets that have not said hello', () => {
  test('the 1,001st closes the oldest, and the others stay', async () => {
    const crowded = await clinic.openApi();
    const sockets: { readonly socket: TcpSocket; readonly reader: ReturnType<typeof openReader> }[] = [];
    for (let count = 0; count < 1_001; count += 1) {
      const socket = await openRaw(crowded.port);
      const reader = reading(socket);
      socket.write(UPGRADE);
      await expect.poll(reader.isUpgraded, soon).toBe(true);
      sockets.push({ socket, reader });
    }
    await expect
      .poll(() => sockets[0]?.reader.close(), soon)
      .toEqual({ code: 4408, reason: 'hello_timeout' });
    expect(sockets.slice(1).filter(({ reader }) => reader.close() !== null)).toEqual([]);
    // One that says hello is none of them any more.
    sockets[1]?.socket.write(frameOf(hello()));
    await expect.poll(() => sockets[1]?.reader.frames, soon).toMatchObject([{ type: 'welcome' }]);
    for (const { socket } of sockets) socket.destroy();
    await expect.poll(crowded.sockets, soon).toBe(0);
  });
});

/** The process's own clock, and its look at the sockets once a second, are moved by hand; the network is as ever. */
describe('as time goes by', () => {
  let aging: Api;
  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
    aging = await clinic.openApi();
  });
  afterAll(() => vi.useRealTimers());
  const open = async (frame?: object): Promise<Socket> => {
    const socket = await openSocket(aging.socketUrl);
    if (frame === undefined) return socket;
    socket.send(frame);
    await expect.poll(() => socket.ofType('welcome'), soon).toHaveLength(1);
    return socket;
  };
  /** Whether it still answers. */
  const expectAlive = async (socket: Socket, id: number): Promise<void> => {
    socket.send({ type: 'ping', id });
    await expect.poll(() => socket.ofType('pong').map((frame) => frame['id']), soon).toContain(id);
  };

  test('a socket without hello is closed after ten seconds', async () => {
    const socket = await open();
    vi.advanceTimersByTime(9_000);
    socket.send(hello());
    await expect.poll(() => socket.ofType('welcome'), soon).toHaveLength(1);
    const silent = await open();
    vi.advanceTimersByTime(11_500);
    expect(await silent.closed).toEqual({ code: 4408, reason: 'hello_timeout' });
    expect(silent.frames).toMatchObject([{ type: 'bye', code: 4408, reason: 'hello_timeout' }]);
    await expectAlive(socket, 1);
    socket.close();
  });

  test('a socket that has sent nothing for 75 s is closed, and one that sends something now and then is not', async () => {
    const [silent, lively] = [await open(hello()), await open(hello())];
    const protocol = await openRaw(aging.port);
    const reader = reading(protocol);
    protocol.write(Buffer.concat([Buffer.from(UPGRADE), frameOf(hello())]));
    await expect.poll(() => reader.frames, soon).toMatchObject([{ type: 'welcome' }]);
    vi.advanceTimersByTime(60_000);
    await expectAlive(lively, 1);
    // A ping of the protocol itself is a sign of life, too, and is answered.
    protocol.write(frameOf(Buffer.from('hey'), PING));
    protocol.write(frameOf({ type: 'ping', id: 2 }));
    await expect.poll(() => reader.frames.map(({ type }) => type), soon).toEqual(['welcome', 'pong']);
    vi.advanceTimersByTime(14_000);
    await expectAlive(lively, 2);
    vi.advanceTimersByTime(2_500);
    expect(await silent.closed).toEqual({ code: 4408, reason: 'idle' });
    await expectAlive(lively, 3);
    expect(reader.close()).toBeNull();
    lively.close();
    protocol.destroy();
  });

  test('frames are bounded: 60 at once, and 20 a second after that', async () => {
    const socket = await open(hello());
    for (let second = 0; second < 5; second += 1) {
      vi.advanceTimersByTime(1_000);
      for (let count = 0; count < 20; count += 1) socket.send({ type: 'ping', id: second * 20 + count });
      await expect.poll(() => socket.ofType('pong').length, soon).toBe((second + 1) * 20);
    }
    for (let count = 0; count < 62; count += 1) socket.send({ type: 'ping', id: 1_000 });
    expect(await socket.closed).toEqual({ code: 4429, reason: 'too_many_frames' });
  });

  test('pings of the protocol are bounded as all frames are', async () => {
    const flooding = await openRaw(aging.port);
    const reader = reading(flooding);
    flooding.write(Buffer.concat([Buffer.from(UPGRADE), frameOf(hello())]));
    await expect.poll(() => reader.frames, soon).toMatchObject([{ type: 'welcome' }]);
    for (let count = 0; count < 70; count += 1) flooding.write(frameOf(Buffer.from('ping'), PING));
    await expect.poll(reader.close, soon).toEqual({ code: 4429, reason: 'too_many_frames' });
    flooding.destroy();
  });
});
