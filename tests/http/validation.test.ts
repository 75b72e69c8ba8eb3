import { describe, expect, test } from 'vitest';
import { openApp, sharedApp } from './open-app.ts';
import { asAdmin, asPatient } from './tokens.ts';

const shared = sharedApp();

const noIds: [string, unknown][] = [
  ['zero', 0],
  ['a negative number', -1],
  ['a fraction', 1.5],
  ['2^53', 2 ** 53],
  ['more than 2^63', 2 ** 63 + 4096],
  ['null', null],
  ['true', true],
  ['an empty text', ''],
  ['an array', [12]],
  ['an object', { id: 12 }],
  ['the text 0', '0'],
  ['the text -1', '-1'],
  ['the text 1.0', '1.0'],
  ['the text 1e3', '1e3'],
  ['the text 0x10', '0x10'],
  ['the text 012', '012'],
  ['the text with a space', ' 12'],
  ['the text of 2^53', '9007199254740992'],
  ['the text of 2^63', '9223372036854775808'],
  ['a text of a thousand digits', '9'.repeat(1000)],
  ['words', 'twelve'],
];

const SEED_ROUTES = ['start-session', 'update-activity', 'end-session', 'process-deduction'];

describe('An appointment id in a body', () => {
  test.each(noIds)('is refused where it is %s', async (_name, appointment_id) => {
    const { app, engine } = shared();
    for (const route of SEED_ROUTES) {
      const answer = await app.inject({
        method: 'POST',
        url: `/api/text-appointments/${route}`,
        headers: asPatient(),
        payload: { appointment_id, sessions_to_deduct: 1, reason: 'interval' },
      });
      expect(answer.statusCode).toBe(422);
      expect(answer.json()).toMatchObject({
        success: false,
        code: 'validation_failed',
        errors: [{ field: 'appointment_id', message: 'must be an integer from 1 to 9007199254740991' }],
      });
    }
    expect(engine.asked).toStrictEqual([]);
  });

  test('may be as large as JSON can carry exactly', async () => {
    const { app, engine } = shared();
    const answer = await app.inject({
      method: 'POST',
      url: '/api/text-appointments/start-session',
      headers: asPatient(),
      payload: { appointment_id: Number.MAX_SAFE_INTEGER },
    });
    expect(answer.statusCode).toBe(200);
    expect(engine.asked).toMatchObject([{ with: { appointmentId: 9007199254740991 } }]);
  });

  test('is named when it is missing', async () => {
    const { app } = shared();
    const answer = await app.inject({
      method: 'POST',
      url: '/api/text-appointments/start-session',
      headers: asPatient(),
      payload: {},
    });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ errors: [{ field: 'appointment_id', message: 'is required' }] });
  });
});

describe('An id in a path or a query', () => {
  const texts = noIds.filter(([, id]) => typeof id === 'string' && id !== '' && id.length < 100);

  test.each(texts)('is refused where it is %s there', async (_name, id) => {
    const { app, engine } = shared();
    const inPath = await app.inject({
      url: `/api/text-appointments/${encodeURIComponent(String(id))}/session-status`,
      headers: asPatient(),
    });
    const inQuery = await app.inject({
      url: `/api/admin/ledger?patient_id=${encodeURIComponent(String(id))}`,
      headers: asAdmin(),
    });
    expect(inPath.statusCode).toBe(422);
    expect(inPath.json()).toMatchObject({ errors: [{ field: 'appointment_id' }] });
    expect(inQuery.statusCode).toBe(422);
    expect(inQuery.json()).toMatchObject({ errors: [{ field: 'patient_id' }] });
    expect(engine.asked).toStrictEqual([]);
  });

  test('is refused where it is given twice', async () => {
    const { app } = shared();
    const answer = await app.inject({
      url: '/api/admin/ledger?patient_id=1&patient_id=2',
      headers: asAdmin(),
    });
    expect(answer.statusCode).toBe(422);
  });

  test('is refused where it is left empty', async () => {
    const { app } = shared();
    const inPath = await app.inject({ url: '/api/text-appointments//session-status', headers: asPatient() });
    const inQuery = await app.inject({ url: '/api/admin/ledger?patient_id=', headers: asAdmin() });
    expect([inPath.statusCode, inQuery.statusCode]).toStrictEqual([422, 422]);
  });
});

describe('A body', () => {
  const url = '/api/text-appointments/start-session';
  const json = { 'content-type': 'application/json' };

  test.each([
    ['broken JSON', '{"appointment_id": 5'],
    ['no JSON at all', 'appointment'],
    ['nothing', ''],
    ['an array', '[501]'],
    ['a number', '501'],
    ['null', 'null'],
    ['a text', '"501"'],
    ['an object that would change its own prototype', '{"appointment_id":501,"__proto__":{"a":1}}'],
  ])('is refused with 422 where it is %s', async (_name, payload) => {
    const { app, engine } = shared();
    const answer = await app.inject({ method: 'POST', url, headers: { ...asPatient(), ...json }, payload });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({
      success: false,
      code: 'validation_failed',
      errors: [{ field: expect.any(String), message: expect.any(String) }],
    });
    expect(engine.asked).toStrictEqual([]);
  });

  test('is refused with 422 where there is none', async () => {
    const { app } = shared();
    const answer = await app.inject({ method: 'POST', url, headers: asPatient() });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'validation_failed' });
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
  ])('is refused with 415 where it is %s', async (type) => {
    const { app } = shared();
    const answer = await app.inject({
      method: 'POST',
      url,
      headers: { ...asPatient(), 'content-type': type },
      payload: 'appointment_id=501',
    });
    expect(answer.statusCode).toBe(415);
    expect(answer.json()).toMatchObject({ success: false, code: 'unsupported_media_type' });
  });

  test('is refused with 413 where it is larger than the limit', async () => {
    const { app } = await openApp({ limits: { bodyBytes: 1000 } });
    const payload = { appointment_id: 501, more: 'x'.repeat(1000) };
    const answer = await app.inject({ method: 'POST', url, headers: asPatient(), payload });
    expect(answer.statusCode).toBe(413);
    expect(answer.json()).toMatchObject({ success: false, code: 'payload_too_large' });
  });

  test('may hold the longest message, every character escaped', async () => {
    const { app, engine } = shared();
    const escaped = '\\ud83d\\ude00'.repeat(4000);
    const answer = await app.inject({
      method: 'POST',
      url: '/api/text-appointments/501/messages',
      headers: { ...asPatient(), ...json },
      payload: `{"client_message_id":"f3c2b1a0-5d4e-4f6a-8b7c-9d0e1f2a3b4c","text":"${escaped}"}`,
    });
    expect(answer.statusCode).toBe(201);
    expect(engine.asked).toMatchObject([{ with: { text: '😀'.repeat(4000) } }]);
  });

  test('names every field that is wrong, once each', async () => {
    const { app } = shared();
    const answer = await app.inject({
      method: 'PUT',
      url: '/api/admin/appointments/501',
      headers: asAdmin(),
      payload: { patient_id: '1', doctor_id: 0, type: 'fax', status: 'confirmed', colour: 'red' },
    });
    expect(answer.statusCode).toBe(422);
    const { errors } = answer.json<{ errors: { field: string }[] }>();
    expect(errors.map(({ field }) => field).toSorted()).toStrictEqual([
      'colour',
      'doctor_id',
      'patient_id',
      'scheduled_at',
      'type',
    ]);
  });

  test('with thousands of unknown fields is answered shortly', async () => {
    const { app } = shared();
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, 0]));
    const answer = await app.inject({
      method: 'PUT',
      url: '/api/admin/subscriptions/1',
      headers: asAdmin(),
      payload: many,
    });
    expect(answer.statusCode).toBe(422);
    expect(answer.json<{ errors: unknown[] }>().errors).toHaveLength(20);
  });

  test('is ignored in the fields that old apps send and nobody knows', async () => {
    const { app } = shared();
    for (const route of SEED_ROUTES) {
      const answer = await app.inject({
        method: 'POST',
        url: `/api/text-appointments/${route}`,
        headers: asPatient(),
        payload: {
          appointment_id: 501,
          sessions_to_deduct: 1,
          reason: 'interval',
          app_version: '1.2',
          x: {},
        },
      });
      expect(answer.statusCode).toBe(200);
    }
  });

  test.each([
    [
      'POST',
      '/api/text-appointments/501/messages',
      { client_message_id: 'f3c2b1a0-5d4e-4f6a-8b7c-9d0e1f2a3b4c', text: 'a' },
    ],
    ['PUT', '/api/admin/subscriptions/1', { patient_id: 1, sessions_total: 5 }],
    ['POST', '/api/admin/sessions/1/end', { note: 'a', charge: true }],
    ['POST', '/api/admin/ledger/1/refund', { note: 'a' }],
    ['POST', '/api/admin/subscriptions/1/adjustments', { note: 'a', units: 1 }],
  ] as const)('is refused elsewhere for a field that nobody knows: %s %s', async (method, path, sound) => {
    const { app } = shared();
    const headers = { ...asAdmin(), 'idempotency-key': 'k' };
    const answer = await app.inject({ method, url: path, headers, payload: { ...sound, charge_units: 1 } });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({
      errors: [{ field: 'charge_units', message: 'is not known here' }],
    });
  });
});
