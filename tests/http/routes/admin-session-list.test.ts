import { describe, expect, test } from 'vitest';
import { sessionId } from '../../../src/billing/ids.ts';
import { afterTwelveMinutes } from '../../../src/http/documentation/examples.ts';
import { TooSlow } from '../../../src/sessions/store.ts';
import { engineDouble } from '../engine-double.ts';
import { sessionFilter } from '../../../tools/kit/list-filters.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asAdmin } from '../tokens.ts';

const shared = sharedApp();

describe('GET /api/admin/sessions', () => {
  test('asks for the newest fifty where nothing else is said', async () => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: '/api/admin/sessions', headers: asAdmin() });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      data: {
        sessions: [{ session_id: 9001, is_ended: true, end_recorded_at: '2026-11-22T09:25:00.000Z' }],
        next_cursor: null,
      },
    });
    expect(engine.asked).toStrictEqual([{ name: 'sessions', with: sessionFilter({ limit: 50 }) }]);
  });

  test('hands on every filter, and gives the cursor of the next page', async () => {
    const engine = engineDouble({
      reads: {
        sessions: async () => ({
          items: [
            {
              session: afterTwelveMinutes.session,
              nextDeadlineAt: afterTwelveMinutes.nextDeductionAt,
              endRecordedAt: null,
            },
          ],
          nextCursor: sessionId(9001),
        }),
      },
    });
    const { app } = await openApp({ engine });
    const query =
      'status=ended&end_reason=no_activity&patient_id=1001&doctor_id=2002&appointment_id=501' +
      '&from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00%2B01:00&cursor=9500&limit=1';
    const answer = await app.inject({ url: `/api/admin/sessions?${query}`, headers: asAdmin() });
    expect(answer.json()).toMatchObject({
      data: {
        sessions: [{ is_active: true, next_deadline_at: '2026-11-22T09:20:00.000Z' }],
        next_cursor: 9001,
      },
    });
    expect(engine.asked).toStrictEqual([
      {
        name: 'sessions',
        with: {
          status: 'ended',
          endReason: 'no_activity',
          patientId: 1001,
          doctorId: 2002,
          appointmentId: 501,
          from: Date.UTC(2026, 10, 22),
          to: Date.UTC(2026, 10, 22, 23),
          cursor: 9500,
          limit: 1,
        },
      },
    ]);
  });

  test.each([
    'status=open',
    'end_reason=bored',
    "end_reason=manual_end' OR true",
    'limit=201',
    'limit=0',
    'cursor=0',
    'cursor=-1',
    'cursor=1.5',
    'cursor=9007199254740992',
    'cursor=abc',
    'patient_id=p7',
    'doctor_id=',
    'appointment_id=0',
    'from=2026-11-22',
    'to=2026-11-31T00:00:00Z',
    'patient=1',
  ])('refuses %s', async (query) => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: `/api/admin/sessions?${query}`, headers: asAdmin() });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ errors: [{ field: query.split('=')[0] }] });
    expect(engine.asked).toStrictEqual([]);
  });

  test.each(['2026-11-22T00:00:00Z', '2026-11-21T23:59:59.999Z'])(
    'refuses a period until %s that begins on the 22nd',
    async (to) => {
      const { app, engine } = shared();
      const query = `from=2026-11-22T00:00:00Z&to=${to}`;
      const answer = await app.inject({ url: `/api/admin/sessions?${query}`, headers: asAdmin() });
      expect(answer.statusCode).toBe(422);
      expect(answer.json()).toMatchObject({ errors: [{ field: 'to', message: 'must be later than from' }] });
      expect(engine.asked).toStrictEqual([]);
    },
  );

  test('says in words what to do where the database takes too long', async () => {
    const engine = engineDouble({ reads: { sessions: () => Promise.reject(new TooSlow('57014')) } });
    const { app } = await openApp({ engine });
    const answer = await app.inject({ url: '/api/admin/sessions', headers: asAdmin() });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.json()).toMatchObject({
      code: 'unavailable',
      message: 'This takes the database too long: ask for a shorter period, or for less at once',
    });
  });
});
