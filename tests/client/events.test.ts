import { expect, test, vi } from 'vitest';
import { APPOINTMENT, event, following, pass, session, setStage, state, stored, welcome } from './stage.ts';

test('A snapshot is the same object until something changes, and so is the chat of an appointment', async () => {
  const { chat, client, goLive } = setStage();
  const heard = vi.fn<() => void>();
  chat.subscribe(heard);
  const before = chat.get();
  expect(chat.get()).toBe(before);
  expect(client.appointment(APPOINTMENT)).toBe(chat);
  expect(before).toEqual({ connection: 'connecting', session: null, messages: [], n: 0, warning: null });
  const socket = await goLive();
  expect(heard).toHaveBeenCalled();
  expect(chat.get()).toMatchObject({ connection: 'live', session: { session_id: 7 } });
  const live = chat.get();
  socket.deliver(event(1));
  expect(chat.get()).not.toBe(live);
});

test('Listeners get each event once and in order, by its type or all of them, also of types that come later', async () => {
  const { chat, goLive } = setStage();
  const all: string[] = [];
  const deductions: number[] = [];
  chat.on('*', ({ n, type }) => all.push(`${n} ${type}`));
  const stop = chat.on('deduction', ({ data }) => deductions.push(data.units));
  const socket = await goLive();
  socket.deliver(
    event(1, 'session.started'),
    event(2, 'deduction', { units: 1 }),
    event(2, 'deduction', { units: 1 }),
    event(1, 'session.started'),
    event(3, 'of.the.future', {}),
  );
  stop();
  socket.deliver(event(4, 'deduction', { units: 1 }));
  expect(all).toEqual(['1 session.started', '2 deduction', '3 of.the.future', '4 deduction']);
  expect(deductions).toEqual([1]);
  expect(chat.get().n).toBe(4);
});

test('A listener that throws is reported, and keeps no other from hearing', async () => {
  const { chat, goLive, problems } = setStage();
  const heard: number[] = [];
  chat.on('*', () => {
    throw new Error('of the app');
  });
  chat.on('*', ({ n }) => heard.push(n));
  const socket = await goLive();
  socket.deliver(event(1));
  expect(heard).toEqual([1]);
  expect(problems).toContainEqual(expect.objectContaining({ code: 'listener_failed' }));
});

test('Where an event is missing, the client follows again from its own cursor and says so; nothing is lost or doubled', async () => {
  const { chat, goLive, problems } = setStage();
  const heard: number[] = [];
  chat.on('*', ({ n }) => heard.push(n));
  const socket = await goLive();
  socket.deliver(event(1), event(3), event(4));
  expect(problems).toEqual([{ code: 'events_missing', appointmentId: APPOINTMENT }]);
  expect(socket.framesOf('follow')).toEqual([{ type: 'follow', appointment_id: APPOINTMENT, after: 1 }]);
  expect(chat.get()).toMatchObject({ n: 1, connection: 'connecting' });
  socket.receive(following(1, session({ event_no: 4 })));
  socket.deliver(event(2), event(3), event(4));
  expect(heard).toEqual([1, 2, 3, 4]);
  expect(chat.get()).toMatchObject({ n: 4, connection: 'live' });
});

test('A server that leaves out the same event again and again is not asked without a pause', async () => {
  const { goLive } = setStage({}, 0.999);
  const socket = await goLive();
  const counts: number[] = [];
  socket.deliver(event(2));
  for (let second = 0; second < 8; second += 1) {
    const asked = socket.framesOf('follow').length;
    if (asked > (counts.at(-1) ?? 0)) {
      socket.receive(following(0, session()));
      socket.deliver(event(2));
    }
    counts.push(asked);
    await pass(1_000);
  }
  expect(counts).toEqual([1, 2, 2, 3, 3, 3, 3, 4]);
});

test('Where the cursor is ahead of the log, everything begins at 0, but for what waits to be sent', async () => {
  const { chat, goLive, socket, sockets, problems } = setStage();
  const first = await goLive();
  first.deliver(event(1), event(2, 'message.created', { message: stored(1) }));
  chat.send('waits');
  first.end(1006);
  await pass(1_000);
  expect(sockets).toHaveLength(2);
  socket().emit('open');
  expect(socket().sent[0]).toMatchObject({
    type: 'hello',
    follow: [{ appointment_id: APPOINTMENT, after: 2 }],
  });
  socket().receive(welcome(), {
    type: 'refused',
    appointment_id: APPOINTMENT,
    code: 'cursor_ahead',
    message: '',
  });
  expect(socket().framesOf('follow')).toEqual([{ type: 'follow', appointment_id: APPOINTMENT, after: 0 }]);
  socket().receive(following(0, session({ event_no: 1 })));
  socket().deliver(event(1));
  expect(chat.get()).toMatchObject({ n: 1, connection: 'live', messages: [{ text: 'waits' }] });
  expect(problems).toEqual([]);
});

test('History is shown when it is whole, not event by event', async () => {
  const { chat, goLive } = setStage();
  const socket = await goLive(session({ event_no: 3 }));
  const shown: number[] = [];
  chat.subscribe(() => shown.push(chat.get().n));
  socket.deliver(event(1), event(2), event(3), event(4));
  expect(shown).toEqual([3, 4]);
});

test('A session that was read before the one that is shown changes nothing', async () => {
  const { chat, goLive } = setStage();
  const socket = await goLive(session({ event_no: 5, sessions_used: 2 }));
  socket.receive(state(session({ event_no: 4, sessions_used: 1 })));
  expect(chat.get().session?.sessions_used).toBe(2);
  await pass(1_000);
  const late = session({ event_no: 5, remaining_sessions: 9 });
  socket.receive(
    state(
      session({ event_no: 5, remaining_sessions: 8, server_time: new Date(Date.now() + 1).toISOString() }),
    ),
  );
  socket.receive(state(late));
  expect(chat.get().session?.remaining_sessions).toBe(8);
});

test('A follow that is refused is reported; one that may be granted later is tried again', async () => {
  const { chat, goLive, problems } = setStage();
  const socket = await goLive();
  const refuse = (code: string): void =>
    socket.receive({ type: 'refused', appointment_id: APPOINTMENT, code, message: code });
  refuse('unavailable');
  expect(socket.framesOf('follow')).toHaveLength(1);
  refuse('not_a_participant');
  expect(chat.get().connection).toBe('connecting');
  await pass(20_000);
  expect(socket.framesOf('follow')).toHaveLength(1);
  expect(problems.map(({ code }) => code)).toEqual(['unavailable', 'not_a_participant']);
});

test('A chat that is closed is not followed any more, and one that is opened again goes on from where it was', async () => {
  const { chat, client, goLive } = setStage();
  const socket = await goLive();
  socket.deliver(event(1));
  chat.close();
  expect(socket.framesOf('unfollow')).toEqual([{ type: 'unfollow', appointment_id: APPOINTMENT }]);
  socket.deliver(event(2));
  expect(chat.get().n).toBe(1);
  expect(client.appointment(APPOINTMENT)).toBe(chat);
  expect(socket.framesOf('follow')).toEqual([{ type: 'follow', appointment_id: APPOINTMENT, after: 1 }]);
});

test('An appointment that is opened later is followed on the same socket', async () => {
  const { client, goLive, sockets } = setStage();
  const socket = await goLive();
  client.appointment(43);
  expect(socket.framesOf('follow')).toEqual([{ type: 'follow', appointment_id: 43, after: 0 }]);
  expect(sockets).toHaveLength(1);
});

test('Older messages come a page at a time, before the first that is shown, until there are none', async () => {
  const { chat, goLive, request } = setStage();
  await goLive();
  const newest = chat.older();
  await pass(0);
  expect(request()).toMatchObject({
    method: 'GET',
    path: `/api/text-appointments/${APPOINTMENT}/messages?last=50`,
  });
  await request().succeed({ messages: [stored(3), stored(4)] });
  expect(await newest).toBe(true);
  const before = chat.older();
  await pass(0);
  expect(request().path).toBe(`/api/text-appointments/${APPOINTMENT}/messages?before=3&limit=50`);
  await request().succeed({ messages: [stored(1), stored(2)] });
  expect(await before).toBe(false);
  expect(chat.get().messages.map(({ messageNo }) => messageNo)).toEqual([1, 2, 3, 4]);
  expect(await chat.older()).toBe(false);
});

test('Starting and ending show the session that they answer, and a refusal rejects with its code and data', async () => {
  const { chat, request } = setStage();
  const started = chat.start();
  await pass(0);
  expect(request()).toMatchObject({ path: '/api/text-appointments/start-session', method: 'POST' });
  expect(JSON.parse(request().body ?? '')).toEqual({ appointment_id: APPOINTMENT });
  await request().succeed(session({ event_no: 1 }));
  expect(await started).toMatchObject({ is_active: true });
  expect(chat.get().session).toMatchObject({ event_no: 1 });
  const ended = chat.end();
  await pass(0);
  const over = session({ event_no: 3, is_active: false, is_ended: true });
  await request().succeed({ ...over, sessions_deducted: 1, total_sessions_used: 1 });
  expect(await ended).toMatchObject({ total_sessions_used: 1 });
  expect(chat.get().session?.is_ended).toBe(true);
  const again = chat.start();
  await pass(0);
  const refused = expect(again).rejects.toMatchObject({
    code: 'session_ended',
    status: 409,
    data: { is_ended: true },
  });
  await request().answer(409, { success: false, code: 'session_ended', message: 'It has ended', data: over });
  await refused;
});

test('A start that is not answered is repeated for half a minute, and then given up', async () => {
  const { chat, request, posts } = setStage();
  const started = expect(chat.start()).rejects.toMatchObject({ code: 'no_answer', status: 0 });
  await pass(0);
  while (performance.now() < 60_000) {
    await request().fail();
    await pass(1_000);
  }
  await started;
  expect(posts().length).toBeGreaterThan(4);
  expect(posts().length).toBeLessThan(12);
});
