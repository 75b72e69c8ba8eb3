import { describe, expect, test } from 'vitest';
import { instant } from '../../../src/billing/time.ts';
import { dayFigures } from '../../../src/http/documentation/console-examples.ts';
import type { Period } from '../../../src/sessions/console-store.ts';
import type { Reads } from '../../../src/sessions/reads.ts';
import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asAdmin } from '../tokens.ts';

const shared = sharedApp();
const ROUTE = '/api/admin/days';

/** When the days begin that the engine is asked for, and when the last one is over. */
async function boundsOf(query: string): Promise<string[]> {
  let asked: readonly Period[] = [];
  const days: Reads['days'] = async (periods) => {
    asked = periods;
    return periods.map(() => dayFigures);
  };
  const { app } = await openApp({ engine: engineDouble({ reads: { days } }) });
  const answer = await app.inject({ url: `${ROUTE}?${query}`, headers: asAdmin() });
  expect(answer.statusCode).toBe(200);
  const bounds = [...asked.map(({ from }) => from), asked.at(-1)?.to ?? 0];
  return bounds.map((at) => new Date(at).toISOString());
}

describe('GET /api/admin/days', () => {
  test('shows each day from the first to the last', async () => {
    const { app, engine } = shared();
    const url = `${ROUTE}?from=2026-11-21&to=2026-11-22&doctor_id=2002`;
    const answer = await app.inject({ url, headers: asAdmin() });
    const figures = {
      started: 1,
      ended: {
        manual_end: 1,
        admin_end: 0,
        no_activity: 1,
        balance_exhausted: 0,
        idle_timeout: 0,
        doctor_no_response: 0,
        max_duration: 0,
      },
      units_taken: 4,
      units_given_back: 1,
      units_bought: 10,
    };
    expect(answer.json<{ data: object }>().data).toStrictEqual({
      days: [
        { date: '2026-11-21', ...figures },
        { date: '2026-11-22', ...figures },
      ],
    });
    expect(engine.asked.map(({ name }) => name)).toEqual(['days']);
    expect(engine.asked[0]?.with).toMatchObject([{ length: 2 }, 2002]);
  });

  test('is CSV with a column for each figure where the request accepts that', async () => {
    const { app } = shared();
    const url = `${ROUTE}?from=2026-11-21&to=2026-11-22`;
    const answer = await app.inject({ url, headers: { ...asAdmin(), accept: 'text/csv' } });
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename="days.csv"',
      vary: 'accept',
    });
    expect(answer.body.split('\r\n')).toStrictEqual([
      'date,started,ended_manual_end,ended_admin_end,ended_no_activity,ended_balance_exhausted,ended_idle_timeout,' +
        'ended_doctor_no_response,ended_max_duration,units_taken,units_given_back,units_bought',
      '2026-11-21,1,1,0,1,0,0,0,0,4,1,10',
      '2026-11-22,1,1,0,1,0,0,0,0,4,1,10',
      '',
    ]);
  });

  test('shows the last seven days where nothing is said, by the engine’s clock and in UTC', async () => {
    const bounds = await boundsOf('');
    expect([bounds[0], bounds.at(-2), bounds.at(-1)]).toEqual([
      '2026-11-16T00:00:00.000Z',
      '2026-11-22T00:00:00.000Z',
      '2026-11-23T00:00:00.000Z',
    ]);
    expect(bounds).toHaveLength(8);
  });

  test('begins seven days before the last one where only that is said, and ends today where only the first is', async () => {
    expect((await boundsOf('to=2026-03-07'))[0]).toBe('2026-03-01T00:00:00.000Z');
    expect((await boundsOf('from=2026-11-20')).at(-1)).toBe('2026-11-23T00:00:00.000Z');
  });

  test('counts the days of a time zone, one of which is shorter and one longer', async () => {
    expect(await boundsOf('from=2026-03-28&to=2026-03-29&time_zone=Europe/Berlin')).toEqual([
      '2026-03-27T23:00:00.000Z',
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
    expect(await boundsOf('from=2026-10-25&to=2026-10-25&time_zone=Europe/Berlin')).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
  });

  test('today is what the time zone says: the 22nd has begun in the east and not in the west', async () => {
    const early = engineDouble({ reads: { now: async () => instant(Date.UTC(2026, 10, 22, 2)) } });
    const { app } = await openApp({ engine: early });
    const lastIn = async (timeZone: string) => {
      const url = `${ROUTE}?time_zone=${timeZone}`;
      const answer = await app.inject({ url, headers: asAdmin() });
      return answer.json<{ data: { days: { date: string }[] } }>().data.days.at(-1)?.date;
    };
    expect(await lastIn('Asia/Tokyo')).toBe('2026-11-22');
    expect(await lastIn('America/New_York')).toBe('2026-11-21');
  });

  test('has 31 days at the most', async () => {
    expect(await boundsOf('from=2026-10-01&to=2026-10-31')).toHaveLength(32);
  });

  test.each([
    ['to', 'from=2026-10-01&to=2026-11-01', 'must be one of the 31 days that begin with from'],
    ['to', 'from=2026-10-02&to=2026-10-01', 'must not be earlier than from'],
    ['from', 'from=2026-02-29', 'must be a date such as 2026-11-22, from 1970 on'],
    ['from', 'from=2026-11-22T00:00:00Z', 'must be a date such as 2026-11-22, from 1970 on'],
    ['to', 'to=1969-12-31', 'must be a date such as 2026-11-22, from 1970 on'],
    ['time_zone', 'time_zone=Mars/Olympus', 'must be the IANA name of a time zone'],
    ['time_zone', 'time_zone=%2B02:00', 'must be the IANA name of a time zone'],
    ['doctor_id', 'doctor_id=d7', 'must be an integer from 1 to 9007199254740991'],
    ['day', 'day=2026-11-22', 'is not known here'],
  ])('refuses a wrong %s: %s', async (field, query, message) => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: `${ROUTE}?${query}`, headers: asAdmin() });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ errors: [{ field, message }] });
    expect(engine.asked.filter(({ name }) => name === 'days')).toStrictEqual([]);
  });
});

describe('GET /api/admin/patients/:id/history', () => {
  test('shows what each grant held after each entry, two thousand at the most', async () => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: '/api/admin/patients/1001/history', headers: asAdmin() });
    expect(answer.json<{ data: object }>().data).toStrictEqual({
      history: [
        { at: '2026-11-22T09:10:00.000Z', grant_id: 31, balance_after: 4 },
        { at: '2026-11-22T09:20:00.000Z', grant_id: 31, balance_after: 3 },
        { at: '2026-11-22T09:25:00.000Z', grant_id: 31, balance_after: 2 },
      ],
    });
    expect(engine.asked).toStrictEqual([{ name: 'history', with: [1001, 2_000] }]);
  });

  test('is 404 for a patient of whom nothing is known', async () => {
    const { app } = await openApp({ engine: engineDouble({ reads: { history: async () => null } }) });
    const answer = await app.inject({ url: '/api/admin/patients/1/history', headers: asAdmin() });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([404, 'patient_not_found']);
  });
});
