import { expect, test } from 'vitest';
import { ClientError } from '../../src/client/create-client.ts';
import { APPOINTMENT, event, pass, PATIENT, setStage, type Stage, stored, tokenOf } from './stage.ts';

const bodyOf = ({ body }: { readonly body: string | null }): { client_message_id: string; text: string } =>
  JSON.parse(body ?? '{}');
const textsOf = ({ posts }: Stage): readonly string[] => posts().map((request) => bodyOf(request).text);
const statesOf = ({ chat }: Stage): readonly string[] =>
  chat.get().messages.map(({ text, state, failure }) => `${text} ${failure?.code ?? state}`);

/** The server has stored what was sent last. */
async function storeLast(stage: Stage, messageNo: number): Promise<void> {
  const { client_message_id, text } = bodyOf(stage.request());
  await stage.request().succeed(stored(messageNo, { client_message_id, text, sender_role: 'patient' }));
}

test('Messages go one at a time, in the order of sending', async () => {
  const stage = setStage();
  await stage.goLive();
  const sent = ['a', 'b', 'c'].map((text) => stage.chat.send(text).sent);
  await pass(0);
  expect(textsOf(stage)).toEqual(['a']);
  expect(statesOf(stage)).toEqual(['a sending', 'b sending', 'c sending']);
  expect(stage.chat.get().messages[0]?.senderRole).toBe('patient');
  await storeLast(stage, 1);
  expect(textsOf(stage)).toEqual(['a', 'b']);
  await storeLast(stage, 2);
  await storeLast(stage, 3);
  expect(await Promise.all(sent)).toMatchObject([1, 2, 3].map((messageNo) => ({ messageNo, state: 'sent' })));
  expect(statesOf(stage)).toEqual(['a sent', 'b sent', 'c sent']);
  expect(stage.posts()[0]?.path).toBe(`/api/text-appointments/${APPOINTMENT}/messages`);
});

test.each<[string, (stage: Stage) => Promise<void>]>([
  ['no answer', ({ request }) => request().fail()],
  ['a 408', ({ request }) => request().refuse(408, 'malformed_request')],
  ['a 429', ({ request }) => request().refuse(429, 'rate_limited')],
  ['a 500', ({ request }) => request().refuse(500, 'internal_error')],
  ['a 503', ({ request }) => request().refuse(503, 'unavailable')],
  ["a proxy's page", ({ request }) => request().answer(502, {})],
  ['a success that cannot be read', ({ request }) => request().answer(200, {})],
  ['silence for fifteen seconds', () => pass(15_000)],
])('A message that meets %s goes again under the same id, and those behind it wait', async (_what, meet) => {
  const stage = setStage();
  await stage.goLive();
  const { clientMessageId, sent } = stage.chat.send('a');
  stage.chat.send('b');
  await pass(0);
  await meet(stage);
  expect(textsOf(stage)).toEqual(['a']);
  expect(statesOf(stage)).toEqual(['a sending', 'b sending']);
  await pass(1_000);
  const ids = stage.posts().map((request) => bodyOf(request).client_message_id);
  expect(ids).toEqual([clientMessageId, clientMessageId]);
  await storeLast(stage, 1);
  expect(await sent).toMatchObject({ clientMessageId, messageNo: 1 });
  expect(textsOf(stage)).toEqual(['a', 'a', 'b']);
});

test('A message waits longer after each try, and half a minute at most', async () => {
  const stage = setStage({}, 0.999);
  await stage.goLive();
  stage.chat.send('a');
  await pass(0);
  const waits: number[] = [];
  for (let tries = 0; tries < 9; tries += 1) {
    const from = performance.now();
    const before = stage.posts().length;
    await stage.request().fail();
    while (stage.posts().length === before) await pass(250);
    waits.push(Math.round((performance.now() - from) / 1000));
  }
  expect(waits).toEqual([1, 1, 2, 4, 8, 16, 30, 30, 30]);
});

test('A message is not sent again before the server allows it', async () => {
  const stage = setStage();
  await stage.goLive();
  stage.chat.send('a');
  await pass(0);
  await stage.request().refuse(429, 'rate_limited', { 'retry-after': '7' });
  await pass(6_500);
  expect(textsOf(stage)).toEqual(['a']);
  await pass(750);
  expect(textsOf(stage)).toEqual(['a', 'a']);
});

test('A message that is refused has failed with the code, and the next one goes', async () => {
  const stage = setStage();
  await stage.goLive();
  const { sent } = stage.chat.send('a');
  stage.chat.send('b');
  await pass(0);
  await stage.request().refuse(422, 'validation_failed');
  await expect(sent).rejects.toThrow(ClientError);
  await expect(sent).rejects.toMatchObject({ code: 'validation_failed', status: 422 });
  expect(statesOf(stage)).toEqual(['a validation_failed', 'b sending']);
  expect(textsOf(stage)).toEqual(['a', 'b']);
});

test('After the end of the session all that wait have failed, and none of them is sent', async () => {
  const stage = setStage();
  await stage.goLive();
  const sent = ['a', 'b', 'c'].map((text) => stage.chat.send(text).sent);
  await pass(0);
  await stage.request().refuse(409, 'session_ended');
  const ended = { reason: { code: 'session_ended' } };
  expect(await Promise.allSettled(sent)).toMatchObject([ended, ended, ended]);
  expect(statesOf(stage)).toEqual(['a session_ended', 'b session_ended', 'c session_ended']);
  await pass(60_000);
  expect(textsOf(stage)).toEqual(['a']);
});

test('A failed message goes again under its own id when the user says so, behind those that wait', async () => {
  const stage = setStage();
  await stage.goLive();
  const { clientMessageId } = stage.chat.send('a');
  stage.chat.send('b');
  await pass(0);
  await stage.request().refuse(403, 'not_a_participant');
  const again = stage.chat.retry(clientMessageId);
  expect(statesOf(stage)).toEqual(['b sending', 'a sending']);
  await storeLast(stage, 1);
  await storeLast(stage, 2);
  expect(await again.sent).toMatchObject({ clientMessageId, messageNo: 2 });
  expect(textsOf(stage)).toEqual(['a', 'b', 'a']);
});

test('A message that is discarded is forgotten, and the next one goes at once', async () => {
  const stage = setStage();
  await stage.goLive();
  const { clientMessageId, sent } = stage.chat.send('a');
  stage.chat.send('b');
  await pass(0);
  await stage.request().fail();
  stage.chat.discard(clientMessageId);
  await expect(sent).rejects.toMatchObject({ code: 'discarded' });
  await pass(0);
  expect(statesOf(stage)).toEqual(['b sending']);
  expect(textsOf(stage)).toEqual(['a', 'b']);
});

test('An event settles a message before its answer comes, and the answer changes nothing more', async () => {
  const stage = setStage();
  const socket = await stage.goLive();
  const { clientMessageId, sent } = stage.chat.send('a');
  stage.chat.send('b');
  await pass(0);
  const first = stage.request();
  const message = stored(1, { client_message_id: clientMessageId, text: 'a', sender_role: 'patient' });
  socket.deliver(event(1, 'message.created', { message }));
  expect(await sent).toMatchObject({ messageNo: 1, state: 'sent' });
  await pass(0);
  expect(first.signal.aborted).toBe(true);
  expect(textsOf(stage)).toEqual(['a', 'b']);
  await first.refuse(500, 'internal_error');
  await pass(5_000);
  expect(textsOf(stage)).toEqual(['a', 'b']);
  expect(statesOf(stage)).toEqual(['a sent', 'b sending']);
});

test('An answer settles a message before its event comes, and the message is shown once', async () => {
  const stage = setStage();
  const socket = await stage.goLive();
  const { clientMessageId, sent } = stage.chat.send('a');
  await pass(0);
  await storeLast(stage, 1);
  await sent;
  const message = stored(1, { client_message_id: clientMessageId, text: 'a', sender_role: 'patient' });
  socket.deliver(event(1, 'message.created', { message }));
  expect(statesOf(stage)).toEqual(['a sent']);
  expect(stage.chat.get()).toMatchObject({ n: 1, messages: [{ clientMessageId, senderRole: 'patient' }] });
});

test('When the network is back a message that waits goes at once', async () => {
  const stage = setStage({}, 0.999);
  await stage.goLive();
  stage.chat.send('a');
  await pass(0);
  for (let tries = 0; tries < 6; tries += 1) {
    await stage.request().fail();
    await pass(30_250);
  }
  await stage.request().fail();
  const before = textsOf(stage).length;
  stage.client.wake();
  await pass(0);
  expect(textsOf(stage)).toHaveLength(before + 1);
});

class Shelf {
  readonly items = new Map<string, string>();

  async getItem(key: string): Promise<string | null> {
    return this.items.get(key) ?? null;
  }

  async setItem(key: string, value: string): Promise<void> {
    this.items.set(key, value);
  }

  async removeItem(key: string): Promise<void> {
    this.items.delete(key);
  }
}

test('With storage, what waits survives the app and is sent first by the next one, under the same id', async () => {
  const storage = new Shelf();
  const before = setStage({ storage });
  await before.goLive();
  const { clientMessageId, sent } = before.chat.send('a');
  await pass(0);
  await before.request().fail();
  before.client.close();
  await expect(sent).rejects.toMatchObject({ code: 'closed' });

  const after = setStage({ storage });
  after.chat.send('b');
  await pass(0);
  expect(statesOf(after)).toEqual(['a sending', 'b sending']);
  expect(after.chat.get().messages[0]?.senderRole).toBe('patient');
  expect(bodyOf(after.request())).toEqual({ client_message_id: clientMessageId, text: 'a' });
  await storeLast(after, 1);
  await storeLast(after, 2);
  expect(textsOf(after)).toEqual(['a', 'b']);
  await pass(0);
  expect([...storage.items]).toEqual([]);
});

test('With storage, a message is sent only when it is written', async () => {
  const storage = new Shelf();
  const writes: (() => void)[] = [];
  const stage = setStage({
    storage: {
      getItem: (key) => storage.getItem(key),
      removeItem: (key) => storage.removeItem(key),
      setItem: () => new Promise<void>((resolve) => writes.push(resolve)),
    },
  });
  await pass(0);
  stage.chat.send('a');
  await pass(1_000);
  expect(textsOf(stage)).toEqual([]);
  for (const finish of writes) finish();
  await pass(0);
  expect(textsOf(stage)).toEqual(['a']);
});

test('What waits for one user is neither sent nor shown for another, and is still there for the first', async () => {
  const storage = new Shelf();
  const first = setStage({ storage });
  first.chat.send('of the first');
  await pass(0);
  await first.request().fail();
  first.client.close();

  const second = setStage({ storage, getToken: async () => tokenOf(999) });
  await pass(5_000);
  expect(second.chat.get().messages).toEqual([]);
  expect(second.posts()).toEqual([]);
  second.client.close();

  const third = setStage({ storage });
  await pass(0);
  expect(textsOf(third)).toEqual(['of the first']);
});

test('A client whose app suddenly gives a token of another user sends nothing more', async () => {
  let userId = PATIENT;
  const stage = setStage({ getToken: async () => tokenOf(userId, 20_000) });
  await stage.goLive();
  userId = 999;
  stage.chat.send('of the first');
  await pass(5_000);
  expect(stage.posts()).toEqual([]);
  expect(stage.chat.get().connection).toBe('signed_out');
  expect(stage.problems).toContainEqual({ code: 'token_mismatch' });
});

test('A storage that fails is reported, and messages go all the same', async () => {
  const broken = (): never => {
    throw new Error('disk full');
  };
  const stage = setStage({ storage: { getItem: broken, setItem: broken, removeItem: broken } });
  await pass(0);
  stage.chat.send('a');
  await pass(0);
  expect(textsOf(stage)).toEqual(['a']);
  expect(stage.problems).toContainEqual(expect.objectContaining({ code: 'storage_failed' }));
});
