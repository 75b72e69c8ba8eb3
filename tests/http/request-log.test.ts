import { describe, expect, test } from 'vitest';
import { signInWith } from './console/signed-in.ts';
import { engineDouble } from './engine-double.ts';
import { openApp } from './open-app.ts';
import { hs256 } from '../../tools/kit/tokens.ts';
import { adminToken, asPatient, bearer, claims } from './tokens.ts';

const MESSAGE_ID = 'f3c2b1a0-5d4e-4f6a-8b7c-9d0e1f2a3b4c';
const SECRET_TEXT = 'the-text-of-a-message-is-nobodys-business';

/** As a database does: it hangs the row that it refused on the error. */
const refusedRow = () =>
  Object.assign(new Error('violates check constraint "messages_text_length"'), {
    code: 'P2010',
    detail: `Failing row contains (${SECRET_TEXT})`,
    meta: { row: SECRET_TEXT },
    cause: Object.assign(new Error('the driver says no'), { detail: SECRET_TEXT }),
  });

describe('The log', () => {
  test('holds no token, no cookie and no text of a message, whatever happens', async () => {
    const engine = engineDouble({
      sendMessage: () => {
        throw refusedRow();
      },
    });
    const { app, logLines } = await openApp({ engine });
    const token = hs256(claims());
    const admin = adminToken();
    const bad = hs256(claims(), 'another-secret-of-more-than-thirty-two-bytes');
    const url = '/api/text-appointments/501/messages';
    const payload = { client_message_id: MESSAGE_ID, text: SECRET_TEXT };
    await app.inject({ method: 'POST', url, headers: bearer(token), payload });
    await app.inject({ method: 'POST', url, headers: bearer(bad), payload });
    await app.inject({ method: 'POST', url, headers: bearer(token), payload: { text: SECRET_TEXT } });
    await app.inject({
      method: 'POST',
      url,
      headers: { ...bearer(token), 'content-type': 'application/json' },
      payload: `{"text":"${SECRET_TEXT}`,
    });
    await app.inject({ url: `${url}?token=${token}`, headers: { cookie: `console=${admin}` } });
    await app.inject({ url: `/nowhere?token=${token}` });
    const signedIn = await app.inject(signInWith(admin));
    expect(signedIn.statusCode).toBe(200);
    const id = signedIn.cookies[0]?.value ?? '';
    await app.inject({ url: '/admin/queues/', headers: { cookie: `console=${id}` } });
    const log = logLines.join('');
    expect(logLines.length).toBeGreaterThanOrEqual(8);
    expect(log).toContain('messages_text_length');
    expect(log).toContain('the driver says no');
    for (const secret of [SECRET_TEXT, id, ...[token, admin, bad].flatMap((one) => one.split('.'))])
      expect(log).not.toContain(secret);
  });

  test('has one line for a request, with its id, its route and what it was about', async () => {
    const { app, logLines } = await openApp();
    const answer = await app.inject({
      method: 'POST',
      url: '/api/text-appointments/end-session',
      headers: asPatient(),
      payload: { appointment_id: 501 },
    });
    expect(logLines.map((line) => JSON.parse(line))).toMatchObject([
      {
        msg: 'answered',
        request_id: answer.headers['x-request-id'],
        user_id: 1001,
        appointment_id: 501,
        session_id: 9001,
        method: 'POST',
        route: '/api/text-appointments/end-session',
        status_code: 200,
        duration_ms: expect.any(Number),
      },
    ]);
  });
});

describe('The metrics', () => {
  test('observe each request by its route and never by its path', async () => {
    const { app, answered } = await openApp();
    await app.inject({ url: '/api/text-appointments/501/session-status', headers: asPatient() });
    await app.inject({ url: '/api/whatever/501' });
    expect(answered).toStrictEqual([
      {
        method: 'GET',
        route: '/api/text-appointments/:appointment_id/session-status',
        statusCode: 200,
        durationMs: expect.any(Number),
      },
      { method: 'GET', route: null, statusCode: 404, durationMs: expect.any(Number) },
    ]);
  });
});
