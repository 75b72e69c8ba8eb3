import { expect, test } from 'vitest';
import { exampleNow } from '../../../src/http/documentation/now-example.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asAdmin, asPatient } from '../tokens.ts';

const shared = sharedApp();
const ROUTE = '/api/admin/now';

test('GET /api/admin/now tells what is wrong, what to do, and the figures', async () => {
  const answer = await shared().app.inject({ url: ROUTE, headers: asAdmin() });
  expect(answer.statusCode).toBe(200);
  const { message, data } = answer.json();
  expect(message).toBe('Something is wrong');
  expect(data).toMatchObject({
    server_time: '2026-11-22T09:30:00.000Z',
    problems: [
      {
        code: 'no_worker',
        title: 'No worker is running',
        do: 'npm run start:worker; with docker compose: docker compose up -d worker',
        since: '2026-11-22T09:29:46.000Z',
      },
    ],
    sessions: { active: 12, due: 1, overdue: 0, oldest_overdue_seconds: null },
    last_hour: { deductions: 3, lateness_p50_ms: 11, lateness_p99_ms: null },
    processes: [
      {
        process_id: '3f0c6f0e-64b5-4f0a-9d58-1f6f0a6a2f11',
        kind: 'api',
        host: 'clinic-1',
        pid: 4711,
        version: '0.1.0',
        started_at: '2026-11-21T23:00:00.000Z',
        seen_at: '2026-11-22T09:29:59.100Z',
      },
    ],
    alarms: { waiting: 15, failed: 0 },
    last_audit: { night: '2026-11-22', sessions: 96, differences: 0, acknowledged: false },
  });
  expect(data.last_hour.minutes).toHaveLength(60);
  expect(data.last_hour.minutes.at(-1)).toStrictEqual({
    at: '2026-11-22T09:30:00.000Z',
    deductions: 0,
    lateness_p99_ms: null,
  });
});

test('GET /api/admin/now is null for what could not be read, and says that all is well where it is', async () => {
  const nothing = { ...exampleNow, problems: [], state: null, lastHour: null, alarms: null };
  const { app } = await openApp({ now: async () => nothing });
  const answer = await app.inject({ url: ROUTE, headers: asAdmin() });
  expect(answer.json()).toStrictEqual({
    success: true,
    message: 'All is well',
    data: {
      server_time: '2026-11-22T09:30:00.000Z',
      problems: [],
      sessions: null,
      last_hour: null,
      processes: null,
      alarms: null,
      last_audit: null,
    },
  });
});

test('GET /api/admin/now tells how long the oldest overdue session waits, in whole seconds', async () => {
  const { state } = exampleNow;
  if (state === null) return expect.fail('the example has a state');
  const overdueSince = state.oldestStart;
  const sessions = { ...state.sessions, overdue: 1, overdueSince };
  const { app } = await openApp({ now: async () => ({ ...exampleNow, state: { ...state, sessions } }) });
  const answer = await app.inject({ url: ROUTE, headers: asAdmin() });
  expect(answer.json().data.sessions).toMatchObject({ oldest_overdue_seconds: (9 * 24 * 60 + 30) * 60 });
});

test('GET /api/admin/now is for administrators, and writes no line for a good answer', async () => {
  const { app, logLines } = shared();
  expect((await app.inject({ url: ROUTE })).statusCode).toBe(401);
  expect((await app.inject({ url: ROUTE, headers: asPatient() })).statusCode).toBe(403);
  logLines.length = 0;
  await app.inject({ url: ROUTE, headers: asAdmin() });
  expect(logLines).toStrictEqual([]);
});
