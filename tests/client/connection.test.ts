import { expect, test, vi } from 'vitest';
import {
  APPOINTMENT,
  at,
  event,
  following,
  pass,
  PATIENT,
  session,
  setStage,
  START,
  type Stage,
  state,
  tokenOf,
  welcome,
} from './stage.ts';

/** Until this many sockets have been opened; gives how long that took. */
async function untilSockets({ sockets }: Stage, count: number, mostMs = 70_000): Promise<number> {
  const from = Date.now();
  while (sockets.length < count && Date.now() - from < mostMs) await pass(250);
  expect(sockets).toHaveLength(count);
  return Date.now() - from;
}

test('The token is in the first frame and in no address', async () => {
  const { socket, goLive } = setStage();
  await goLive();
  expect(socket().url).toBe('wss://chat.example.org/api/live');
  expect(socket().sent[0]).toEqual({
    type: 'hello',
    token: tokenOf(PATIENT, 3_600_000),
    follow: [{ appointment_id: APPOINTMENT, after: 0 }],
  });
});

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

test('A server that stops says when to come back', async () => {
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

test('A token that is refused is replaced once; refused again, the user is signed out and the app is told', async () => {
  const stage = setStage();
  await pass(0);
  stage.socket().end(4401, 'unauthenticated');
  await untilSockets(stage, 2);
  expect(stage.tokensAsked()).toBe(2);
  stage.socket().end(4401, 'unauthenticated');
  expect(stage.chat.get().connection).toBe('signed_out');
  expect(stage.problems).toEqual([{ code: 'unauthenticated' }]);
  await pass(600_000);
  expect(stage.sockets).toHaveLength(2);
  stage.chat.send('waits');
  await pass(5_000);
  expect(stage.requests).toEqual([]);
  stage.client.wake();
  await stage.goLive();
  expect(stage.chat.get().connection).toBe('live');
  await pass(0);
  expect(stage.posts()).toHaveLength(1);
});

test('A socket on which something else than a welcome comes within ten seconds counts as none', async () => {
  const stage = setStage();
  await pass(0);
  stage.socket().emit('open');
  stage.socket().receive({ type: 'pong', id: 1 });
  await pass(10_000);
  expect(stage.socket().isClosed).toBe(true);
});

test('A socket that is tried in vain meanwhile does not disturb the polls', async () => {
  const stage = setStage();
  await withoutSockets(stage);
  await stage.request().succeed({ events: [], next_after: 0, head: 0, session: session() });
  await pass(250);
  const hanging = stage.request();
  stage.socket().emit('open');
  await pass(20_000);
  await hanging.succeed({ events: [], next_after: 0, head: 0, session: session() });
  await pass(20_000);
  await stage.request().succeed({ events: [], next_after: 0, head: 0, session: session() });
  await untilSockets(stage, 4);
  stage.socket().end(1006);
  expect(stage.chat.get().connection).toBe('polling');
  expect(stage.request().signal.aborted).toBe(false);
});

test('Tries to connect are spread at random over longer and longer times, until ten seconds of welcome', async () => {
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

/** Three sockets in a row of which nobody hears anything. */
async function withoutSockets(stage: Stage): Promise<void> {
  for (let count = 1; count <= 3; count += 1) {
    await untilSockets(stage, count);
    await pass(10_000);
  }
}

const pollsOf = ({ requests }: Stage): readonly string[] =>
  requests.filter(({ path }) => path.includes('/events?')).map(({ path }) => path.replace(/.*events/, ''));

test('After three sockets without a welcome in ten seconds the client polls, and tries a socket every minute', async () => {
  const stage = setStage();
  await withoutSockets(stage);
  expect(pollsOf(stage)).toEqual(['?after=0&limit=200&wait=0']);
  expect(stage.chat.get().connection).toBe('connecting');
  const page = { events: [event(1), event(2)], next_after: 2, head: 2, session: session({ event_no: 2 }) };
  await stage.request().succeed(page);
  expect(stage.chat.get()).toMatchObject({ connection: 'polling', n: 2, session: { event_no: 2 } });
  await pass(250);
  expect(pollsOf(stage).at(-1)).toBe('?after=2&limit=200&wait=25');
  const hanging = stage.request();
  expect(await untilSockets(stage, 4)).toBeGreaterThan(58_000);
  stage.socket().emit('open');
  expect(stage.socket().sent[0]).toMatchObject({ follow: [{ after: 2 }] });
  stage.socket().receive(welcome(), following(2, session({ event_no: 2 })));
  expect(stage.chat.get().connection).toBe('live');
  expect(hanging.signal.aborted).toBe(true);
});

test('A poll that fails shows as offline, is reported once and asks again with back-off', async () => {
  const stage = setStage({}, 0.999);
  await withoutSockets(stage);
  await stage.request().fail();
  expect(stage.chat.get().connection).toBe('offline');
  await pass(1_250);
  await stage.request().refuse(503, 'unavailable');
  await pass(1_250);
  expect(pollsOf(stage)).toHaveLength(3);
  expect(stage.problems).toEqual([{ code: 'no_answer', appointmentId: APPOINTMENT }]);
});

test('A poll whose cursor is ahead begins at 0, and one with a gap asks again', async () => {
  const stage = setStage();
  await withoutSockets(stage);
  await stage
    .request()
    .succeed({ events: [event(1)], next_after: 1, head: 1, session: session({ event_no: 1 }) });
  await pass(250);
  await stage.request().refuse(409, 'cursor_ahead');
  await pass(1_000);
  expect(pollsOf(stage).at(-1)).toMatch(/after=0&/);
  await stage
    .request()
    .succeed({ events: [event(2)], next_after: 2, head: 2, session: session({ event_no: 2 }) });
  expect(stage.problems).toContainEqual({ code: 'events_missing', appointmentId: APPOINTMENT });
  await pass(1_500);
  expect(pollsOf(stage).at(-1)).toMatch(/after=0&/);
});

test('With more than four appointments no poll keeps a connection of the browser waiting', async () => {
  const stage = setStage();
  for (let id = 1; id <= 4; id += 1) stage.client.appointment(id);
  await withoutSockets(stage);
  const polls = stage.requests.filter(({ path }) => path.includes('/events?'));
  expect(polls).toHaveLength(5);
  for (const poll of polls) await poll.succeed({ events: [], next_after: 0, head: 0, session: session() });
  await pass(4_750);
  expect(pollsOf(stage)).toHaveLength(5);
  await pass(750);
  expect(pollsOf(stage)).toHaveLength(10);
  expect(pollsOf(stage).every((query) => query.endsWith('wait=0'))).toBe(true);
});

test('A token is asked for before each connection, and 30 seconds before its end', async () => {
  const stage = setStage({ getToken: async () => tokenOf(PATIENT, 90_000) });
  await pass(0);
  expect(stage.tokensAsked()).toBe(1);
  stage.socket().emit('open');
  stage.socket().receive(welcome(PATIENT, 90_000), following(0, session()));
  for (let second = 0; second < 59; second += 1) {
    stage.socket().receive(state(session()));
    await pass(1_000);
  }
  await pass(500);
  expect(stage.tokensAsked()).toBe(1);
  await pass(500);
  expect(stage.tokensAsked()).toBe(2);
  expect(stage.socket().framesOf('token')).toHaveLength(1);
  stage.socket().receive({ type: 'token', token_expires_at: at(150_000) });
  await pass(10_000);
  expect(stage.socket().framesOf('token')).toHaveLength(1);
});

test('Whoever needs a token while one is asked for gets the same', async () => {
  let give = (_token: string): void => {};
  const stage = setStage({
    getToken: () =>
      new Promise((resolve) => {
        give = resolve;
      }),
  });
  stage.chat.send('a');
  const started = stage.chat.start();
  started.catch(() => {});
  await pass(5_000);
  expect(stage.tokensAsked()).toBe(1);
  give(tokenOf(PATIENT));
  await pass(0);
  expect(stage.sockets).toHaveLength(1);
  expect(stage.posts()).toHaveLength(2);
});

test('A token that comes for a connection that is gone is dropped', async () => {
  const gives: ((token: string) => void)[] = [];
  const stage = setStage({ getToken: () => new Promise((resolve) => gives.push(resolve)) });
  await pass(0);
  stage.client.close();
  gives[0]?.(tokenOf(PATIENT));
  await pass(1_000);
  expect(stage.sockets).toHaveLength(0);
});

test('An app that cannot give a token now is asked again, with back-off', async () => {
  let isDown = true;
  const stage = setStage({
    getToken: async () => {
      if (isDown) throw new Error('no network');
      return tokenOf(PATIENT);
    },
  });
  await pass(0);
  expect(stage.chat.get().connection).toBe('offline');
  expect(stage.problems[0]?.code).toBe('token_failed');
  isDown = false;
  await untilSockets(stage, 1);
});

test('A request whose token is refused is made once more with a new one; refused again, the user is signed out', async () => {
  const stage = setStage();
  await stage.goLive();
  const ended = expect(stage.chat.end()).rejects.toMatchObject({ code: 'unauthenticated' });
  await pass(0);
  await stage.request().refuse(401, 'unauthenticated');
  expect(stage.posts()).toHaveLength(2);
  expect(stage.tokensAsked()).toBe(2);
  await stage.request().refuse(401, 'unauthenticated');
  await ended;
  expect(stage.chat.get().connection).toBe('signed_out');
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
