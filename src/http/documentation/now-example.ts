import { after } from '../../billing/time.ts';
import type { Now } from '../../watch/now.ts';
import { minute } from './examples.ts';

const at = minute(30);

/** Half an hour after the example conversation began: the only worker was killed. */
export const exampleNow: Now = {
  serverTime: at,
  problems: [
    {
      code: 'no_worker',
      title: 'No worker is running',
      meaning:
        'Nobody takes units or ends sessions when they are due. The amounts stay right: a worker writes what is due, at its own time, as soon as it runs.',
      do: 'npm run start:worker; with docker compose: docker compose up -d worker',
      since: after(at, -14_000),
    },
  ],
  state: {
    now: at,
    sessions: { active: 12, due: 1, overdue: 0, overdueSince: null },
    processes: [
      {
        id: '3f0c6f0e-64b5-4f0a-9d58-1f6f0a6a2f11',
        kind: 'api',
        host: 'clinic-1',
        pid: 4711,
        version: '0.1.0',
        startedAt: minute(-600),
        seenAt: after(at, -900),
      },
    ],
    workerSeenAt: after(at, -14_000),
    lastAudit: {
      night: '2026-11-22',
      finishedAt: minute(-358),
      sessions: 96,
      differences: 0,
      isAcknowledged: false,
    },
    oldestStart: minute(-60 * 24 * 9),
  },
  lastHour: {
    deductions: 3,
    latenessP50Ms: 11,
    latenessP99Ms: null,
    minutes: Array.from({ length: 60 }, (_, i) => ({
      at: minute(i - 29),
      deductions: [10, 20, 25].includes(i - 29) ? 1 : 0,
      latenessP99Ms: null,
    })),
  },
  alarms: { waiting: 15, failed: 0 },
};
