/** When the client asks the app for a token, and what it does with one that is refused. */
import { expect, test } from 'vitest';
import {
  APPOINTMENT,
  at,
  following,
  pass,
  PATIENT,
  session,
  setStage,
  state,
  tokenOf,
  untilSockets,
  welcome,
} from './stage.ts';

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

test('A token is asked for once, however many requests wait for it', async () => {
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
