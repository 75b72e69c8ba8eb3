import { describe, expect, test } from 'vitest';
import { message, patient } from '../../../src/http/documentation/examples.ts';
import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asPatient } from '../tokens.ts';

const shared = sharedApp();

const ROUTE = '/api/text-appointments/501/messages';
const MESSAGE_ID = 'f3c2b1a0-5d4e-4f6a-8b7c-9d0e1f2a3b4c';

const STORED = {
  session_id: 9001,
  message_no: 1,
  client_message_id: MESSAGE_ID,
  sender_id: 1001,
  sender_role: 'patient',
  sent_at: '2026-11-22T09:01:00.000Z',
  text: 'Good morning, doctor.',
};

describe('POST /api/text-appointments/:appointment_id/messages', () => {
  test('is 201 with the stored message', async () => {
    const { app, engine } = shared();
    const payload = { client_message_id: MESSAGE_ID, text: 'Good morning, doctor.' };
    const answer = await app.inject({ method: 'POST', url: ROUTE, headers: asPatient(), payload });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toStrictEqual({ success: true, message: 'The message is stored', data: STORED });
    expect(engine.asked).toStrictEqual([
      {
        name: 'sendMessage',
        with: {
          appointmentId: 501,
          caller: patient,
          clientMessageId: MESSAGE_ID,
          text: 'Good morning, doctor.',
        },
      },
    ]);
  });

  test('is 200 with the first answer for a repeat', async () => {
    const { app } = await openApp({
      engine: engineDouble({ sendMessage: () => ({ kind: 'stored_before', message }) }),
    });
    const payload = { client_message_id: MESSAGE_ID, text: 'Good morning, doctor.' };
    const answer = await app.inject({ method: 'POST', url: ROUTE, headers: asPatient(), payload });
    expect(answer.statusCode).toBe(200);
    expect(answer.json<{ data: unknown }>().data).toStrictEqual(STORED);
  });

  test('takes a UUID for the same one however it is written', async () => {
    const { app, engine } = shared();
    const payload = { client_message_id: MESSAGE_ID.toUpperCase(), text: 'a' };
    await app.inject({ method: 'POST', url: ROUTE, headers: asPatient(), payload });
    expect(engine.asked).toMatchObject([{ with: { clientMessageId: MESSAGE_ID } }]);
  });

  test.each([
    '',
    'x',
    `urn:uuid:${MESSAGE_ID}`,
    `{${MESSAGE_ID}}`,
    MESSAGE_ID.replaceAll('-', ''),
    `${MESSAGE_ID}\n`,
    7,
    null,
  ])('refuses the client_message_id %j', async (client_message_id) => {
    const { app } = shared();
    const payload = { client_message_id, text: 'a' };
    const answer = await app.inject({ method: 'POST', url: ROUTE, headers: asPatient(), payload });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({
      errors: [{ field: 'client_message_id', message: 'must be a UUID' }],
    });
  });

  test.each([
    ['of 4,000 characters', 'x'.repeat(4000)],
    ['of 4,000 characters outside the basic plane', '😀'.repeat(4000)],
    ['of one letter between blanks', ' a\n'],
    ['with line breaks, quotes and control signs', 'a\r\n"\\\u0007\u2028'],
  ])('stores a text %s as it was sent', async (_name, text) => {
    const { app, engine } = shared();
    const payload = { client_message_id: MESSAGE_ID, text };
    const answer = await app.inject({ method: 'POST', url: ROUTE, headers: asPatient(), payload });
    expect(answer.statusCode).toBe(201);
    expect(engine.asked).toMatchObject([{ with: { text } }]);
  });

  test.each([
    ['that is empty', ''],
    ['of one blank', ' '],
    ['of white space only', ' \t\r\n\u00a0\u2003\u3000\ufeff'],
    ['of 4,001 characters', 'x'.repeat(4001)],
    ['of 4,001 characters outside the basic plane', '😀'.repeat(4001)],
    ['with a NUL, which PostgreSQL cannot store', 'a\0b'],
    ['with half of a surrogate pair', 'a\ud83db'],
    ['with the other half', '\ude00'],
    ['that is a number', 5],
    ['that is null', null],
  ])('refuses a text %s', async (_name, text) => {
    const { app, engine } = shared();
    const payload = JSON.stringify({ client_message_id: MESSAGE_ID, text });
    const headers = { ...asPatient(), 'content-type': 'application/json' };
    const answer = await app.inject({ method: 'POST', url: ROUTE, headers, payload });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ field: 'text' }] });
    expect(engine.asked).toStrictEqual([]);
  });
});

describe('GET /api/text-appointments/:appointment_id/messages', () => {
  test('begins with the first and gives fifty where nothing else is asked', async () => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: ROUTE, headers: asPatient() });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toStrictEqual({
      success: true,
      message: 'The messages of the session',
      data: { messages: [STORED], has_more: false, next_after: 1, next_before: null },
    });
    expect(engine.asked).toStrictEqual([
      {
        name: 'messages',
        with: { appointmentId: 501, caller: patient, range: { side: 'after', messageNo: 0, limit: 50 } },
      },
    ]);
  });

  test('goes on after the number that the app knows', async () => {
    const { app, engine } = await openApp({
      engine: engineDouble({
        reads: { messages: async () => ({ kind: 'messages', messages: [], hasMore: false }) },
      }),
    });
    const answer = await app.inject({ url: `${ROUTE}?after=17&limit=200`, headers: asPatient() });
    expect(answer.json()).toMatchObject({ data: { messages: [], next_after: 17, next_before: null } });
    expect(engine.asked).toMatchObject([{ with: { range: { side: 'after', messageNo: 17, limit: 200 } } }]);
  });

  test.each([
    ['before=18', { side: 'before', messageNo: 18, limit: 50 }],
    ['before=18&limit=7', { side: 'before', messageNo: 18, limit: 7 }],
    ['last=50', { side: 'before', messageNo: Number.MAX_SAFE_INTEGER, limit: 50 }],
    ['last=200', { side: 'before', messageNo: Number.MAX_SAFE_INTEGER, limit: 200 }],
    ['last=200&limit=3', { side: 'before', messageNo: Number.MAX_SAFE_INTEGER, limit: 3 }],
  ])('goes backwards by %s', async (query, range) => {
    const { app, engine } = shared();
    await app.inject({ url: `${ROUTE}?${query}`, headers: asPatient() });
    expect(engine.asked).toMatchObject([{ with: { range } }]);
  });

  test('tells where older messages and newer ones begin', async () => {
    const messages = [
      { ...message, messageNo: 17 },
      { ...message, messageNo: 18 },
    ];
    const { app } = await openApp({
      engine: engineDouble({
        reads: { messages: async () => ({ kind: 'messages', messages, hasMore: true }) },
      }),
    });
    const answer = await app.inject({ url: `${ROUTE}?last=2`, headers: asPatient() });
    expect(answer.json()).toMatchObject({ data: { has_more: true, next_after: 18, next_before: 17 } });
  });

  test.each([
    ['after=1&before=9', 'before', 'after'],
    ['before=9&after=1', 'before', 'after'],
    ['after=0&last=5', 'last', 'after'],
    ['last=5&before=9', 'last', 'before'],
  ])('refuses %s, which ask for two pages at once', async (query, field, other) => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: `${ROUTE}?${query}`, headers: asPatient() });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({
      code: 'validation_failed',
      errors: [{ field, message: `must not be given together with ${other}` }],
    });
    expect(engine.asked).toStrictEqual([]);
  });

  test.each([
    'limit=0',
    'limit=201',
    'limit=-1',
    'limit=1.5',
    'limit=',
    'limit=1e2',
    'after=-1',
    'after=x',
    'before=0',
    'before=',
    'last=0',
    'last=201',
    'last=x',
    'page=2',
  ])('refuses %s', async (query) => {
    const { app } = shared();
    const answer = await app.inject({ url: `${ROUTE}?${query}`, headers: asPatient() });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ errors: [{ field: query.split('=')[0] }] });
  });
});
