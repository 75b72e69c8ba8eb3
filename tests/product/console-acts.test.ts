import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SessionId } from '../../src/billing/ids.ts';
import { ADMIN, type Clinic, DOCTOR, openClinic, PATIENT, started } from '../engine/clinic.ts';
import { openClinicApp } from '../engine/clinic-app.ts';
import { SAME_ORIGIN, signInWith } from '../http/console/signed-in.ts';
import { adminToken } from '../http/tokens.ts';

/** What an administrator does with a browser, from the request to the tables. */

let clinic: Clinic;
let app: FastifyInstance;
let session: SessionId;
let headers: Record<string, string>;

beforeEach(async () => {
  clinic = await openClinic();
  app = await openClinicApp(clinic);
  await clinic.grant(1, 5);
  await clinic.book(1);
  session = await started(clinic, 1);
  await clinic.at(3);
  await clinic.write(1, DOCTOR);
  await clinic.at(12);
  await clinic.settle(session);
  const { cookies } = await app.inject(signInWith(adminToken({ sub: ADMIN })));
  headers = { ...SAME_ORIGIN, cookie: `console=${cookies[0]?.value}` };
});
afterEach(async () => {
  await app.close();
  await clinic.close();
});

interface Answer {
  readonly status: number;
  readonly etag: string;
  readonly code?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

async function ask(
  method: 'GET' | 'POST',
  url: string,
  { payload, ...more }: { payload?: object; readonly [header: string]: unknown } = {},
): Promise<Answer> {
  const sent = Object.fromEntries(Object.entries(more).map(([name, value]) => [name, String(value)]));
  const answer = await app.inject({
    method,
    url: `/api/admin/${url}`,
    headers: { ...headers, ...sent },
    ...(payload === undefined ? {} : { payload }),
  });
  return {
    status: answer.statusCode,
    etag: String(answer.headers['etag']),
    ...answer.json<Omit<Answer, 'status' | 'etag'>>(),
  };
}

const ledgerIds = async (kind: string) => {
  const { rows } = await clinic.sql.query<{ id: number }>(
    'SELECT id::integer FROM ledger_entries WHERE kind = $1 ORDER BY id',
    [kind],
  );
  return rows.map(({ id }) => id);
};

const named = async () => {
  const { rows } = await clinic.sql.query<{ action: string }>(
    `SELECT action FROM admin_actions WHERE request_id IS NOT NULL ORDER BY id`,
  );
  return rows.map(({ action }) => action);
};

describe('An administrator with a browser', () => {
  test('looks at an end, is told that a boundary passed meanwhile, and ends it as it is then', async () => {
    const url = `sessions/${session}/end`;
    const shown = await ask('POST', `${url}?preview=true`, { payload: { note: '', charge: true } });
    expect(shown).toMatchObject({
      status: 200,
      data: {
        effect: {
          due_anyway: { units: 0, entries: [] },
          adds: { units: 1, entries: [{ kind: 'charge', reason: 'admin_end', interval_no: 2, units: -1 }] },
          grants: [{ grant_id: 1, before: 4, after: 3, usable: true }],
          session: { session_id: session, units_before: 1, units_after: 2, funded_until: null },
          other_sessions: [],
        },
      },
    });
    await clinic.at(21);
    const payload = { note: 'by phone', charge: true };
    const changed = await ask('POST', url, { payload, 'if-match': shown.etag });
    expect(changed).toMatchObject({
      status: 412,
      code: 'effect_changed',
      data: { effect: { due_anyway: { units: 1 }, adds: { units: 1 }, session: { units_after: 3 } } },
    });
    expect(changed.etag).not.toBe(shown.etag);
    expect(await clinic.session(session)).toMatchObject({ active: true, used: 2 });

    const done = await ask('POST', url, { payload, 'if-match': changed.etag });
    expect(done).toMatchObject({
      status: 200,
      data: { is_ended: true, end_reason: 'admin_end', sessions_used: 3 },
    });
  });

  test('gives a unit back once, by a double click or in two tabs, and takes that back once', async () => {
    const [charge] = await ledgerIds('charge');
    const url = `ledger/${charge}/refund`;
    const { etag } = await ask('POST', `${url}?preview=true`, {
      payload: { note: '' },
      'idempotency-key': 'a',
    });
    const press = (key: string) =>
      ask('POST', url, { payload: { note: 'a mistake' }, 'idempotency-key': key, 'if-match': etag });
    const double = await Promise.all([press('a'), press('a')]);
    expect(double.map(({ status }) => status)).toEqual([200, 200]);
    expect(double[0]?.data).toStrictEqual(double[1]?.data);
    expect(await press('b')).toMatchObject({
      status: 409,
      code: 'already_refunded',
      data: { by: ADMIN, at: '2026-11-22T09:12:00.000Z' },
    });

    const [refund, ...others] = await ledgerIds('refund');
    expect(others).toEqual([]);
    const back = (key: string) =>
      ask('POST', `ledger/${refund}/take-back`, { payload: { note: 'after all' }, 'idempotency-key': key });
    expect(await back('c')).toMatchObject({
      status: 200,
      data: { kind: 'adjustment', units: -1, reason: 'correction', takes_back: refund, balance_after: 4 },
    });
    expect(await back('d')).toMatchObject({ status: 409, code: 'already_taken_back', data: { by: ADMIN } });
    expect(await named()).toEqual(['signed_in', 'charge.refunded', 'refund.taken_back']);
  });

  test('finds who did what beside the session and in the list, and looking at it is recorded once', async () => {
    const [charge] = await ledgerIds('charge');
    await ask('POST', `ledger/${charge}/refund`, { payload: { note: 'a mistake' }, 'idempotency-key': 'a' });
    const timeline = await ask('GET', `sessions/${session}`);
    const told = { action: 'charge.refunded', target_kind: 'entry', target_id: charge, patient_id: PATIENT };
    expect(timeline.data).toMatchObject({ actions: [{ ...told, actor_id: ADMIN, note: 'a mistake' }] });
    await ask('GET', `sessions/${session}`);
    await ask('GET', `patients/${PATIENT}/balance`);

    await expect.poll(named).toEqual(['signed_in', 'charge.refunded', 'patient.viewed']);
    const found = await ask('GET', `actions?patient_id=${PATIENT}&action=charge.refunded`);
    expect(found.data).toMatchObject({
      actions: [{ ...told, before: { remaining_sessions: 4 }, after: { remaining_sessions: 5 } }],
      next_cursor: null,
    });
  });
});
