/** How the client opens its socket, opens it again, and finds that it is dead. */
import { expect, test, vi } from 'vitest';
import {
  APPOINTMENT,
  event,
  following,
  pass,
  session,
  setStage,
  type Stage,
  START,
  state,
  untilSockets,
  welcome,
} from './stage.ts';

test.each([
  ['http://localhost:3000', 'ws://localhost:3000/api/live'],
  ['http://localhost:3000/', 'ws://localhost:3000/api/live'],
  ['https://example.org/chat/api', 'wss://example.org/chat/api/live'],
  ['https://example.org/chat/api/', 'wss://example.org/chat/api/live'],
])('The API at %s has its socket at %s', async (baseUrl, url) => {
  const { socket } = setStage({ baseUrl });
  await pass(0);
  expect(socket().url).toBe(url);
});

test('An address that is not of the web is refused', () => {
  expect(() => setStage({ baseUrl: 'chat.example.org' })).toThrow(TypeError);
});

test.each<[code: number, reason: string, fromMs: number, toMs: number]>([
  [1006, '', 0, 1_000],
  [1001, 'going_away', 0, 1_000],
  [4408, 'idle', 0, 1_000],
  [4408, 'hello_timeout', 0, 1_000],
  [4411, 'stalled', 0, 1_000],
  [4503, 'unavailable', 0, 1_000],
  [4429, 'too_many_frames', 5_000, 6_000],
  [4429, 'too_many_sockets', 5_000, 6_000],
  [4401, 'token_expired', 0, 250],
])(
  'After a close with %i %s the client is back within %i to %i ms, from where it was',
  async (code, reason, fromMs, toMs) => {
    const stage = setStage();
    const socket = await stage.goLive();
    socket.deliver(event(1));
    socket.end(code, reason);
    expect(stage.chat.get().connection).toBe('connecting');
    const tookMs = await untilSockets(stage, 2);
    expect(tookMs).toBeGreaterThanOrEqual(fromMs);
    expect(tookMs).toBeLessThanOrEqual(toMs);
    stage.socket().emit('open');
    expect(stage.socket().sent[0]).toMatchObject({ follow: [{ appointment_id: APPOINTMENT, after: 1 }] });
  },
);

test('The client comes back when the server that stops told it to', async () => {
  const stage = setStage();
  const socket = await stage.goLive();
  socket.receive({ type: 'bye', code: 1001, reason: 'going_away', reconnect_after_ms: 4_000 });
  socket.end(1006);
  expect(await untilSockets(stage, 2)).toBe(4_000);
});

test.each([
  [1009, 'too_big'],
  [4400, 'bad_frame'],
])('After a close with %i, which is a bug, nothing is tried until the app says so', async (code, reason) => {
  const stage = setStage();
  const socket = await stage.goLive();
  socket.end(code, reason);
  expect(stage.chat.get().connection).toBe('offline');
  expect(stage.problems).toEqual([{ code: reason }]);
  await pass(600_000);
  expect(stage.sockets).toHaveLength(1);
  stage.client.wake();
  await pass(0);
  expect(stage.sockets).toHaveLength(2);
});

test('A socket without a welcome within ten seconds is closed, whatever else came on it', async () => {
  const stage = setStage();
  await pass(0);
  stage.socket().emit('open');
  stage.socket().receive({ type: 'pong', id: 1 });
  await pass(10_000);
  expect(stage.socket().isClosed).toBe(true);
});

test('Tries to connect are spread at random over longer and longer times, and begin anew once a welcome has lasted ten seconds', async () => {
  const stage = setStage({}, 0.999);
  const waits: number[] = [];
  await stage.goLive();
  for (let count = 2; count < 8; count += 1) {
    stage.socket().end(1006);
    waits.push(await untilSockets(stage, count));
    stage.socket().emit('open');
    stage.socket().receive(welcome(), following(0, session()));
    await pass(5_000);
  }
  expect(waits.map((ms) => Math.round(ms / 1000))).toEqual([1, 1, 2, 4, 8, 16]);
  await pass(5_250);
  stage.socket().end(1006);
  expect(await untilSockets(stage, 8)).toBe(1_000);
});

test('The client pings every 25 seconds, and leaves a socket that is silent for ten seconds after one', async () => {
  const stage = setStage();
  const socket = await stage.goLive();
  await pass(24_750);
  expect(socket.framesOf('ping')).toEqual([]);
  await pass(250);
  expect(socket.framesOf('ping')).toEqual([{ type: 'ping', id: 1 }]);
  await pass(9_000);
  socket.receive({ type: 'pong', id: 1 });
  await pass(16_000);
  expect(socket.framesOf('ping')).toHaveLength(2);
  await pass(9_750);
  expect(socket.isClosed).toBe(false);
  await pass(250);
  expect(socket.isClosed).toBe(true);
  await untilSockets(stage, 2);
});

test('Any frame shows that the server is there', async () => {
  const stage = setStage();
  const socket = await stage.goLive();
  await pass(25_000);
  socket.receive(state(session()));
  await pass(20_000);
  expect(socket.isClosed).toBe(false);
});

test.each<[string, (stage: Stage, wakes: (() => void)[]) => void]>([
  ['the app', ({ client }) => client.wake()],
  ['its lifecycle', (_stage, wakes) => wakes[0]?.()],
])(
  'Woken by %s, the client asks whether the server is there, and waits three seconds only',
  async (_by, wake) => {
    const wakes: (() => void)[] = [];
    const stage = setStage({
      lifecycle: (call) => {
        wakes.push(call);
        return () => wakes.splice(0);
      },
    });
    const socket = await stage.goLive();
    wake(stage, wakes);
    expect(socket.framesOf('ping')).toHaveLength(1);
    socket.receive({ type: 'pong', id: 1 });
    await pass(4_000);
    expect(socket.isClosed).toBe(false);
    wake(stage, wakes);
    await pass(2_750);
    expect(socket.isClosed).toBe(false);
    await pass(250);
    expect(socket.isClosed).toBe(true);
    stage.client.close();
    expect(wakes).toEqual([]);
  },
);

test('A page that is seen again or online again wakes the client, until it is closed', async () => {
  const page = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
  vi.stubGlobal('document', document);
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  const stage = setStage();
  vi.unstubAllGlobals();
  vi.stubGlobal('document', document);
  const socket = await stage.goLive();
  document.dispatchEvent(new Event('visibilitychange'));
  expect(socket.framesOf('ping')).toHaveLength(0);
  document.visibilityState = 'visible';
  document.dispatchEvent(new Event('visibilitychange'));
  page.dispatchEvent(new Event('online'));
  expect(socket.framesOf('ping')).toHaveLength(2);
  stage.client.close();
  page.dispatchEvent(new Event('online'));
  expect(socket.framesOf('ping')).toHaveLength(2);
  vi.unstubAllGlobals();
});

test('A client that waits to connect does so at once when it is woken', async () => {
  const stage = setStage({}, 0.999);
  await stage.goLive();
  stage.socket().end(1006);
  stage.client.wake();
  await pass(0);
  expect(stage.sockets).toHaveLength(2);
});

test('A closed client opens nothing, asks nothing and rejects what waits', async () => {
  const stage = setStage();
  const socket = await stage.goLive();
  const { sent } = stage.chat.send('a');
  stage.client.close();
  await expect(sent).rejects.toMatchObject({ code: 'closed' });
  await expect(stage.chat.start()).rejects.toMatchObject({ code: 'closed' });
  const before = stage.requests.length;
  socket.end(1006);
  stage.client.wake();
  await pass(120_000);
  expect(stage.sockets).toHaveLength(1);
  expect(stage.requests).toHaveLength(before);
  expect(vi.getTimerCount()).toBe(0);
  expect(Date.now()).toBe(START + 120_000);
});
