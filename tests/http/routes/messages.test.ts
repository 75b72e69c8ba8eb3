import { describe, expect, it } from 'vitest';
import { message, patient } from '../../../src/http/documentation/examples.ts';
import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asPatient } from '../tokens.ts';

const shared = sharedApp();

const url = '/api/text-appointments/501/messages';
const uuid = 'f3c2b1a0-5d4e-4f6a-8b7c-9d0e1f2a3b4c';

const stored = {
  session_id: 9001,
  message_no: 1,
  client_message_id: uuid,
  sender_id: 1001,
  sender_role: 'patient',
  sent_at: '2026-11-22T09:01:00.000Z',
  text: 'Good morning, doctor.',
};

describe('POST /api/text-appointments/:appointment_id/messages', () => {
  it('is 201 with the stored message', async () => {
    const { app, engine } = shared();
    const payload = { client_message_id: uuid, text: 'Good morning, doctor.' };
    const answer = await app.inject({ method: 'POST', url, headers: asPatient(), payload });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toStrictEqual({ success: true, message: 'The message is stored', data: stored });
    expect(engine.asked).toStrictEqual([
      {
        name: 'sendMessage',
        with: { appointmentId: 501, caller: patient, clientMessageId: uuid, text: 'Good morning, doctor.' },
      },
    ]);
  });

  it('is 200 with the first answer for a repeat', async () => {
    const { app } = await openApp({
      engine: engineDouble({ sendMessage: () => ({ kind: 'stored_before', message }) }),
    });
    const payload = { client_message_id: uuid, text: 'Good morning, doctor.' };
    const answer = await app.inject({ method: 'POST', url, headers: asPatient(), payload });
    expect(answer.statusCode).toBe(200);
    expect(answer.json<{ data: unknown }>().data).toStrictEqual(stored);
  });

  it('takes a UUID for the same one however it is written', async () => {
    const { app, engine } = shared();
    const payload = { client_message_id: uuid.toUpperCase(), text: 'a' };
    await app.inject({ method: 'POST', url, headers: asPatient(), payload });
    expect(engine.asked).toMatchObject([{ with: { clientMessageId: uuid } }]);
  });

  it.each(['', 'x', `urn:uuid:${uuid}`, `{${uuid}}`, uuid.replaceAll('-', ''), `${uuid}\n`, 7, null])(
    'refuses the client_message_id %j',
    async (client_message_id) => {
      const { app } = shared();
      const payload = { client_message_id, text: 'a' };
      const answer = await app.inject({ method: 'POST', url, headers: asPatient(), payload });
      expect(answer.statusCode).toBe(422);
      expect(answer.json()).toMatchObject({
        errors: [{ field: 'client_message_id', message: 'must be a UUID' }],
      });
    },
  );

  it.each([
    ['of 4,000 characters', 'x'.repeat(4000)],
    ['of 4,000 characters outside the basic plane', '😀'.repeat(4000)],
    ['of one blank', ' '],
    ['with line breaks, quotes and control signs', 'a\r\n"\\\u0007\u2028'],
  ])('stores a text %s as it was sent', async (_name, text) => {
    const { app, engine } = shared();
    const payload = { client_message_id: uuid, text };
    const answer = await app.inject({ method: 'POST', url, headers: asPatient(), payload });
    expect(answer.statusCode).toBe(201);
    expect(engine.asked).toMatchObject([{ with: { text } }]);
  });

  it.each([
    ['that is empty', ''],
    ['of 4,001 characters', 'x'.repeat(4001)],
    ['of 4,001 characters outside the basic plane', '😀'.repeat(4001)],
    ['with a NUL, which PostgreSQL cannot store', 'a\0b'],
    ['with half of a surrogate pair', 'a\ud83db'],
    ['with the other half', '\ude00'],
    ['that is a number', 5],
    ['that is null', null],
  ])('refuses a text %s', async (_name, text) => {
    const { app, engine } = shared();
    const payload = JSON.stringify({ client_message_id: uuid, text });
    const headers = { ...asPatient(), 'content-type': 'application/json' };
    const answer = await app.inject({ method: 'POST', url, headers, payload });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ field: 'text' }] });
    expect(engine.asked).toStrictEqual([]);
  });
});

describe('GET /api/text-appointments/:appointment_id/messages', () => {
  it('begins with the first and gives fifty where nothing else is asked', async () => {
    const { app, engine } = shared();
    const answer = await app.inject({ url, headers: asPatient() });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toStrictEqual({
      success: true,
      message: 'The messages of the session',
      data: { messages: [stored], has_more: false, next_after: 1 },
    });
    expect(engine.asked).toStrictEqual([
      { name: 'messages', with: { appointmentId: 501, caller: patient, after: 0, limit: 50 } },
    ]);
  });

  it('goes on after the number that the app knows', async () => {
    const { app, engine } = await openApp({
      engine: engineDouble({
        reads: { messages: async () => ({ kind: 'messages', messages: [], hasMore: false }) },
      }),
    });
    const answer = await app.inject({ url: `${url}?after=17&limit=200`, headers: asPatient() });
    expect(answer.json()).toMatchObject({ data: { messages: [], next_after: 17 } });
    expect(engine.asked).toMatchObject([{ with: { after: 17, limit: 200 } }]);
  });

  it.each([
    'limit=0',
    'limit=201',
    'limit=-1',
    'limit=1.5',
    'limit=',
    'limit=1e2',
    'after=-1',
    'after=x',
    'page=2',
  ])('refuses %s', async (query) => {
    const { app } = shared();
    const answer = await app.inject({ url: `${url}?${query}`, headers: asPatient() });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ errors: [{ field: query.split('=')[0] }] });
  });
});
