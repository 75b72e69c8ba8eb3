import { describe, expect, test } from 'vitest';
import { action } from '../../../src/http/documentation/act-examples.ts';
import { instant } from '../../../src/billing/time.ts';
import { type EngineDouble, engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asAdmin, asPatient } from '../tokens.ts';

const shared = sharedApp();
const ROUTE = '/api/admin/actions';
const ANY = { actorId: null, action: null, patientId: null, from: null, to: null, cursor: null, limit: 100 };
const csvToo = () => ({ ...asAdmin(), accept: 'text/csv' });
const actsOf = ({ asked }: EngineDouble) =>
  asked.filter(({ name }) => name === 'recordAction').map((each) => each.with);

describe('GET /api/admin/actions', () => {
  test('tells who did what, newest first, under the names of the API', async () => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: ROUTE, headers: asAdmin() });
    expect(answer.statusCode).toBe(200);
    expect(answer.json<{ data: unknown }>().data).toStrictEqual({
      actions: [
        {
          action_id: 501,
          at: '2026-11-22T10:00:00.000Z',
          actor_id: 7,
          actor_role: 'admin',
          action: 'charge.refunded',
          target_kind: 'entry',
          target_id: 70_003,
          patient_id: 1001,
          note: 'The connection of the clinic failed in the last minutes',
          before: { grant_id: 31, remaining_sessions: 2 },
          after: { grant_id: 31, remaining_sessions: 3 },
          request_id: '5b8e3a52-7d0c-4f4e-9a54-6f4f4a3f0f0e',
        },
      ],
      next_cursor: null,
    });
    expect(engine.asked).toStrictEqual([{ name: 'actions', with: ANY }]);
  });

  test('passes on what is asked for', async () => {
    const { app, engine } = shared();
    const query = new URLSearchParams({
      actor_id: '3',
      action: 'queue.retry',
      patient_id: '7',
      from: '2026-11-22T09:00:00Z',
      to: '2026-11-22T10:00:00Z',
      cursor: '1763802000000.17',
      limit: '5',
    });
    await app.inject({ url: `${ROUTE}?${query.toString()}`, headers: asAdmin() });
    expect(engine.asked).toStrictEqual([
      {
        name: 'actions',
        with: {
          actorId: 3,
          action: 'queue.retry',
          patientId: 7,
          from: Date.UTC(2026, 10, 22, 9),
          to: Date.UTC(2026, 10, 22, 10),
          cursor: { recordedAt: 1_763_802_000_000, id: 17 },
          limit: 5,
        },
      },
    ]);
  });

  test.each([
    ['actor_id=0', 'actor_id'],
    ['action=grant.stolen', 'action'],
    ['action=', 'action'],
    ['patient_id=x', 'patient_id'],
    ['from=yesterday', 'from'],
    ['cursor=17', 'cursor'],
    ['cursor=1763802000000.0', 'cursor'],
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['colour=red', 'colour'],
    ['from=2026-11-22T10:00:00Z&to=2026-11-22T10:00:00Z', 'to'],
  ])('refuses %s', async (query, field) => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: `${ROUTE}?${query}`, headers: asAdmin() });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ errors: [{ field }] });
    expect(engine.asked).toStrictEqual([]);
  });

  test('leads to the next page by a cursor, in the answer and in the Link header', async () => {
    const engine = engineDouble();
    const nextCursor = { recordedAt: instant(1_763_802_000_000), id: 17 };
    const actions = { ...engine.actions, page: async () => ({ items: [action], nextCursor }) };
    const { app } = await openApp({ engine: { ...engine, actions } });
    const answer = await app.inject({ url: `${ROUTE}?actor_id=3`, headers: asAdmin() });
    expect(answer.json()).toMatchObject({ data: { next_cursor: '1763802000000.17' } });
    expect(answer.headers['link']).toBe('<?actor_id=3&cursor=1763802000000.17>; rel="next"');
  });

  test('gives CSV where the request accepts that, with formulas made harmless, and records that first', async () => {
    const engine = engineDouble();
    const items = [{ ...action, note: '=HYPERLINK("http://evil.example")', before: null }];
    const actions = { ...engine.actions, page: async () => ({ items, nextCursor: null }) };
    const { app } = await openApp({ engine: { ...engine, actions } });
    const answer = await app.inject({ url: `${ROUTE}?patient_id=1001`, headers: csvToo() });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename="actions.csv"',
      vary: 'accept',
    });
    expect(answer.body.split('\r\n')).toStrictEqual([
      'action_id,at,actor_id,actor_role,action,target_kind,target_id,patient_id,note,before,after,request_id',
      '501,2026-11-22T10:00:00.000Z,7,admin,charge.refunded,entry,70003,1001,' +
        `"'=HYPERLINK(""http://evil.example"")",,"{""grant_id"":31,""remaining_sessions"":3}",` +
        '5b8e3a52-7d0c-4f4e-9a54-6f4f4a3f0f0e',
      '',
    ]);
    expect(actsOf(engine)).toMatchObject([
      {
        actorId: 7,
        action: 'actions.exported',
        patientId: 1001,
        after: { patient_id: '1001', limit: '100' },
        requestId: answer.headers['x-request-id'],
      },
    ]);
  });

  test('is for administrators only', async () => {
    const { app } = shared();
    expect((await app.inject({ url: ROUTE, headers: asPatient() })).statusCode).toBe(403);
    expect((await app.inject({ url: ROUTE })).statusCode).toBe(401);
  });
});

describe('What is recorded by itself', () => {
  test('is an export of the ledger, and no look at it', async () => {
    const { app, engine } = shared();
    await app.inject({ url: '/api/admin/ledger?patient_id=1001', headers: csvToo() });
    expect(engine.asked.map(({ name }) => name)).toStrictEqual(['recordAction', 'ledger']);
    expect(actsOf(engine)).toMatchObject([{ action: 'ledger.exported', patientId: 1001, targetKind: null }]);

    engine.asked.length = 0;
    await app.inject({ url: '/api/admin/ledger?patient_id=1001', headers: asAdmin() });
    expect(actsOf(engine)).toStrictEqual([]);
  });

  test('is an audit on demand, before it runs', async () => {
    const { app, engine } = shared();
    await app.inject({ url: '/api/admin/audit?patient_id=1001', headers: asAdmin() });
    expect(engine.asked.map(({ name }) => name)).toStrictEqual(['recordAction', 'audit']);
    expect(actsOf(engine)).toMatchObject([
      { action: 'audit.run', targetKind: 'audit', patientId: 1001, after: { patient_id: '1001' } },
    ]);
  });

  test('is no look at a patient by a program', async () => {
    const { app, engine } = shared();
    await app.inject({ url: '/api/admin/sessions/9001', headers: asAdmin() });
    await app.inject({ url: '/api/admin/patients/1001/balance', headers: asAdmin() });
    expect(actsOf(engine)).toStrictEqual([]);
  });
});
