import type { Page, Route } from 'playwright-core';
import type { NowJson } from '../../../src/http/answers/now.ts';

/** Answers that put the pages of the console into their states. They are given in the browser, before the API is asked. */

const AT = '2026-11-27T20:59:58.000Z';
const process = { host: 'clinic-1', version: '0.1.0', started_at: AT, seen_at: AT };

export const WELL: NowJson = {
  server_time: AT,
  problems: [],
  sessions: { active: 412, due: 17, overdue: 0, oldest_overdue_seconds: null },
  last_hour: {
    deductions: 2412,
    lateness_p50_ms: 7,
    lateness_p99_ms: 1400,
    minutes: Array.from({ length: 60 }, (_, index) => ({
      at: new Date(Date.parse(AT) - (59 - index) * 60_000).toISOString(),
      deductions: 10 + ((index * 7) % 50),
      lateness_p99_ms: index % 2 === 0 ? 120 : null,
    })),
  },
  processes: [
    { ...process, process_id: '00000000-0000-4000-8000-000000000001', kind: 'api', pid: 4242 },
    { ...process, process_id: '00000000-0000-4000-8000-000000000002', kind: 'worker', pid: 4243 },
  ],
  alarms: { waiting: 412, failed: 0 },
  last_audit: { night: '2026-11-27', finished_at: AT, sessions: 9812, differences: 0, acknowledged: false },
};

export const ILL: NowJson = {
  ...WELL,
  problems: [
    {
      code: 'no_worker',
      title: 'No worker is running',
      meaning: 'Nothing that is due is written; it is written later as it was due.',
      do: 'docker compose up -d worker',
      since: AT,
    },
    {
      code: 'alarms_failed',
      title: '3 alarms have failed',
      meaning: 'The sweep settles their sessions.',
      do: 'Open /admin/queues, read why under Failed, and choose Retry all',
      since: null,
    },
  ],
  sessions: { active: 412, due: 17, overdue: 9, oldest_overdue_seconds: 3321 },
  processes: [],
  alarms: { waiting: 412, failed: 3 },
  last_audit: null,
};

/** The database is away. */
export const UNKNOWN: NowJson = {
  ...ILL,
  sessions: null,
  last_hour: null,
  processes: null,
  alarms: null,
  last_audit: null,
};

export const DAYS = {
  days: Array.from({ length: 7 }, (_, index) => ({
    date: `2026-11-${21 + index}`,
    started: 300 + index,
    ended: {
      manual_end: 200,
      admin_end: 0,
      no_activity: 12,
      balance_exhausted: 31,
      idle_timeout: 40,
      doctor_no_response: 2,
      max_duration: 1,
    },
    units_taken: 812,
    units_given_back: index,
    units_bought: 900,
  })),
};

const act = {
  at: AT,
  actor_id: 3,
  actor_role: 'admin',
  target_kind: null,
  target_id: null,
  patient_id: null,
  note: null,
  before: null,
  after: null,
  request_id: '5b8e3a52-7d0c-4f4e-9a54-6f4f4a3f0f0e',
};

export const ACTIONS = {
  actions: [
    {
      ...act,
      action_id: 3,
      action: 'grant.adjusted',
      target_kind: 'grant',
      target_id: 11,
      patient_id: 7,
      note: 'The doctor was ill',
      before: { remaining: 3 },
      after: { remaining: 8 },
    },
    { ...act, action_id: 2, action: 'signed_in' },
    {
      ...act,
      action_id: 1,
      action: 'queue.retry',
      target_kind: 'queue',
      after: { queue: 'session-deadlines', job: 'session-7-1' },
    },
  ],
  next_cursor: '1',
};

const body = (data: object) => ({ success: true, message: '', data });

/** Answers a route of the API with what `data` gives at that moment. */
export const answerWith = (page: Page, path: string, data: () => object): Promise<unknown> =>
  page.route(`**${path}`, (route: Route) => route.fulfill({ json: body(data()) }));

/** Answers it as an API does whose database is away. */
export const answerUnavailable = (page: Page, path: string): Promise<unknown> =>
  page.route(`**${path}`, (route: Route) =>
    route.fulfill({
      status: 503,
      headers: { 'x-request-id': 'request-7' },
      json: {
        success: false,
        code: 'unavailable',
        message: 'The service cannot answer',
        errors: [],
        data: {},
      },
    }),
  );
