import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuditing } from '../../../src/engine.ts';
import type { Difference } from '../../../src/audit/difference.ts';
import { acknowledgement, audited } from '../../../src/http/documentation/audit-examples.ts';
import { admin } from '../../../src/http/documentation/examples.ts';
import { openLivedClinic } from '../../audit/clinic-day.ts';
import type { Clinic } from '../../engine/clinic.ts';
import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asAdmin } from '../tokens.ts';

const shared = sharedApp();
const ROUTE = '/api/admin/audit';

interface Answer {
  readonly success: boolean;
  readonly data: { readonly differences: number; readonly drift: unknown[]; readonly has_more: boolean };
}

describe('GET /api/admin/audit', () => {
  test('tells every difference, and how much was looked at', async () => {
    const { app } = shared();
    const answer = await app.inject({ url: ROUTE, headers: asAdmin() });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toStrictEqual({
      success: true,
      message: 'Differences were found',
      data: {
        accounts: 1,
        sessions: 1,
        ledger_entries: 5,
        events: 9,
        differences: 1,
        drift: [
          {
            kind: 'entry_differs',
            what: 'entry 70002: effective_at',
            patient_id: 1001,
            session_id: 9001,
            grant_id: 31,
            entry_id: 70002,
            event_no: null,
            column: 'effective_at',
            expected: '2026-11-22T09:20:00.000Z',
            found: '2026-11-22T09:19:00.000Z',
          },
        ],
        has_more: false,
      },
    });
  });

  test('asks for the last 24 hours where nothing is said, and for what is said otherwise', async () => {
    const { app, engine } = shared();
    const before = Date.now();
    await app.inject({ url: ROUTE, headers: asAdmin() });
    await app.inject({ url: `${ROUTE}?patient_id=7`, headers: asAdmin() });
    const period = 'from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00%2B01:00';
    await app.inject({ url: `${ROUTE}?${period}`, headers: asAdmin() });
    const audits = engine.asked.filter(({ name }) => name === 'audit');
    const [lastDay, patient, given] = audits.map((asked) => asked.with);

    expect(lastDay).toMatchObject({ to: null, patientId: null, by: 'ended' });
    expect(Math.abs(Number(Object(lastDay).from) - (before - 86_400_000))).toBeLessThan(10_000);
    expect(patient).toStrictEqual({ from: null, to: null, patientId: 7, by: 'ended' });
    expect(given).toStrictEqual({
      from: Date.parse('2026-11-22T00:00:00Z'),
      to: Date.parse('2026-11-22T23:00:00Z'),
      patientId: null,
      by: 'ended',
    });
  });

  test.each(['from=yesterday', 'patient_id=0', 'from=2026-11-22T00:00:00Z&to=2026-11-22T00:00:00Z', 'x=1'])(
    'is 422 for an audit of %s',
    async (query) => {
      const { app, engine } = shared();
      const answer = await app.inject({ url: `${ROUTE}?${query}`, headers: asAdmin() });
      expect(answer.statusCode).toBe(422);
      expect(answer.json()).toMatchObject({ code: 'validation_failed' });
      expect(engine.asked).toStrictEqual([]);
    },
  );

  test('leads to the command where there is too much to look at, and asks to wait while another is under way', async () => {
    const large = await openApp({
      engine: engineDouble({ auditor: { audit: async () => ({ kind: 'too_large' }) } }),
    });
    const tooLarge = await large.app.inject({ url: ROUTE, headers: asAdmin() });
    expect(tooLarge.statusCode).toBe(422);
    expect(tooLarge.json()).toMatchObject({
      code: 'audit_too_large',
      message: expect.stringContaining('npm run audit'),
    });

    const busy = await openApp({
      engine: engineDouble({ auditor: { audit: async () => ({ kind: 'busy' }) } }),
    });
    const later = await busy.app.inject({ url: ROUTE, headers: asAdmin() });
    expect(later.statusCode).toBe(503);
    expect(later.headers['retry-after']).toBe('5');
  });

  test('says so where there are more differences than it shows', async () => {
    const summary = { ...audited.summary, differences: 1234 };
    const engine = engineDouble({ auditor: { audit: async () => ({ ...audited, summary }) } });
    const { app } = await openApp({ engine });
    const answer = await app.inject({ url: ROUTE, headers: asAdmin() });
    expect(answer.json<Answer>().data).toMatchObject({ differences: 1234, has_more: true });
  });
});

describe('GET /api/admin/audit/runs', () => {
  test('tells what the last nights found', async () => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: `${ROUTE}/runs?limit=5`, headers: asAdmin() });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      data: { runs: [{ night: '2026-11-23', differences: 1, drift: [{ kind: 'entry_differs' }] }] },
    });
    expect(engine.asked).toStrictEqual([{ name: 'auditRuns', with: 5 }]);
  });
});

describe('POST /api/admin/audit/runs/:night/acknowledge', () => {
  const url = `${ROUTE}/runs/2026-11-23/acknowledge`;
  const post = (path: string, payload: object, { app } = shared()) =>
    app.inject({ method: 'POST', url: path, payload, headers: asAdmin() });

  test('takes note of a night, and says who did', async () => {
    const { engine } = shared();
    const answer = await post(url, { note: 'moved by hand' });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      message: 'The night is acknowledged',
      data: {
        night: '2026-11-23',
        acknowledged: { at: '2026-11-23T09:00:00.000Z', by: admin, note: acknowledgement.note },
      },
    });
    const requestId = answer.headers['x-request-id'];
    expect(engine.asked).toStrictEqual([
      {
        name: 'acknowledgeAudit',
        with: { night: '2026-11-23', by: admin, note: 'moved by hand', requestId },
      },
    ]);
  });

  test('is 404 for a night that was not audited to its end', async () => {
    const opened = await openApp({ engine: engineDouble({ auditor: { acknowledge: async () => null } }) });
    const answer = await post(url, { note: 'x' }, opened);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'audit_run_not_found' });
  });

  test.each([
    [`${ROUTE}/runs/2026-02-30/acknowledge`, { note: 'x' }],
    [`${ROUTE}/runs/yesterday/acknowledge`, { note: 'x' }],
    [url, { note: ' ' }],
    [url, {}],
    [url, { note: 'x', by: 3 }],
  ])('is 422 for %s with %j', async (path, payload) => {
    const { engine } = shared();
    expect((await post(path, payload)).statusCode).toBe(422);
    expect(engine.asked).toStrictEqual([]);
  });
});

describe('the audit behind the route', () => {
  let clinic: Clinic;
  beforeAll(async () => {
    clinic = await openLivedClinic();
  });
  afterAll(() => clinic.close());

  const ask = async (database = clinic.database.audit) => {
    const engine = engineDouble({ auditor: createAuditing(database) });
    const { app } = await openApp({ engine });
    return (query: string) => app.inject({ url: `${ROUTE}?${query}`, headers: asAdmin() });
  };

  test('finds a row that was changed by hand, in the period of its session only', async () => {
    const get = await ask();
    const clean = await get('from=2026-11-22T00:00:00Z');
    await clinic.sql.query('ALTER TABLE text_appointment_sessions DISABLE TRIGGER ALL');
    await clinic.sql.query(
      'UPDATE text_appointment_sessions SET sessions_used = 9 WHERE appointment_id = 1010',
    );
    const inPeriod = await get('from=2026-11-22T09:12:00Z&to=2026-11-22T09:13:00Z');
    const outside = await get('from=2026-11-22T09:13:00Z');

    expect(clean.json()).toMatchObject({ data: { accounts: 11, differences: 0, drift: [] } });
    expect(inPeriod.json<Answer>().data.drift).toMatchObject([
      { kind: 'session_differs', column: 'sessions_used', patient_id: 101, expected: '1', found: '9' },
    ]);
    expect(outside.json()).toMatchObject({ data: { differences: 0 } });
  });

  test('looks at no more than it can in time, and at one request after the other', async () => {
    const many = await ask({ ...clinic.database.audit, countSessions: async (_request, limit) => limit });
    expect((await many('from=2026-01-01T00:00:00Z')).json()).toMatchObject({ code: 'audit_too_large' });

    const get = await ask();
    const answers = await Promise.all([get('patient_id=101'), get('patient_id=101')]);
    expect(answers.map(({ statusCode }) => statusCode).sort((a, b) => a - b)).toEqual([200, 503]);
    expect((await get('patient_id=101')).statusCode).toBe(200);
  });

  test('shows no more than a thousand differences', async () => {
    const row: Difference = {
      kind: 'grant_differs',
      patientId: 1,
      sessionId: null,
      grantId: 1,
      column: 'held',
      expected: '0',
      found: '1',
    };
    const grants = Array.from({ length: 1_200 }, (_, i) => ({
      grantId: i + 1,
      unitsSubscribed: 0,
      unitsTotal: 0,
      remaining: 0,
      held: 1,
      startsAt: 0,
      expiresAt: null,
    }));
    const history = { patientId: 1, grants, sessions: [], entries: [], events: [], lowBalanceSince: null };
    const get = await ask({
      ...clinic.database.audit,
      readPage: async () => ({ histories: [history], next: null }),
    });
    const { data } = (await get('patient_id=1')).json<Answer>();
    expect(data.drift).toHaveLength(1_000);
    expect(data.drift[0]).toMatchObject({ kind: row.kind, column: row.column });
    expect(data.has_more).toBe(true);
  });
});
