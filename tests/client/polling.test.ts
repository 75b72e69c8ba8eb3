/** What the client does where no socket can be opened: it asks for the events by requests. */
import { expect, test } from 'vitest';
import {
  APPOINTMENT,
  event,
  following,
  pass,
  session,
  setStage,
  type Stage,
  untilSockets,
  welcome,
} from './stage.ts';

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

test('A socket that is tried in vain does not disturb the polls', async () => {
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
