import { describe, expect, test } from 'vitest';
import { durationOf, type Facts, PROBLEM_CODES, problemsOf } from '../../src/watch/problems.ts';
import {
  ago,
  audited,
  factsWith,
  HOUR,
  MINUTE,
  NOON,
  overdue,
  queueWith,
  runs,
  SECOND,
  seven,
  stateWith,
} from './facts.ts';

const codesOf = (facts: Facts) => problemsOf(facts).map(({ code }) => code);

const noWorker = { processes: [runs('api')], workerSeenAt: ago(14 * SECOND) };
const older = (startedAt = ago(11 * MINUTE)) => ({
  processes: [runs('api', { version: '0.9.0' }), runs('worker', { startedAt })],
});
const policy = {
  setting: 'maxmemory-policy',
  wanted: 'noeviction',
  found: 'allkeys-lru',
  text: 'Redis may throw alarms away.',
} as const;
const appendOnly = { setting: 'appendonly', wanted: 'yes', found: 'no', text: 'It forgets.' } as const;

interface Row {
  readonly is: string;
  readonly facts: Partial<Facts>;
  readonly said: object;
}

/** What is wrong, and what is said of it. */
const TABLE: readonly Row[] = [
  {
    is: 'the database is away',
    facts: { database: { isAway: true, sinceMs: ago(5 * SECOND) }, state: null },
    said: {
      code: 'database_away',
      title: 'The database does not answer',
      do: expect.stringContaining('docker compose up -d postgres'),
      since: ago(5 * SECOND),
    },
  },
  {
    is: 'the last worker was killed',
    facts: { state: stateWith(noWorker) },
    said: {
      code: 'no_worker',
      title: 'No worker is running',
      do: 'npm run start:worker; with docker compose: docker compose up -d worker',
      since: ago(14 * SECOND),
    },
  },
  {
    is: 'no worker was ever started, in the embedded mode',
    facts: { installation: 'embedded', state: stateWith({ ...noWorker, workerSeenAt: null }) },
    said: { code: 'no_worker', do: 'Stop npm start with Ctrl-C and start it again', since: null },
  },
  {
    is: 'one session is overdue',
    facts: { state: stateWith({ sessions: overdue(1, ago(8 * SECOND)) }) },
    said: {
      code: 'sessions_overdue',
      title: '1 session is overdue',
      meaning: expect.stringContaining('the oldest waits for 8 s'),
      do: expect.stringContaining('another worker'),
      since: ago(8 * SECOND),
    },
  },
  {
    is: 'settling two sessions fails',
    facts: { state: stateWith({ sessions: overdue(2, ago(MINUTE)) }), failing: [seven, 9] },
    said: {
      code: 'settling_fails',
      title: '2 sessions cannot be settled',
      meaning: expect.stringContaining('session 7, session 9'),
      do: expect.stringContaining('docker compose logs worker'),
      since: ago(MINUTE),
    },
  },
  {
    is: 'the audit found differences',
    facts: { state: stateWith({ lastAudit: audited({ differences: 3 }) }) },
    said: {
      code: 'audit_difference',
      title: 'The audit found 3 differences',
      do: expect.stringContaining('npm run audit'),
      since: ago(9 * HOUR),
    },
  },
  {
    is: 'Redis is away',
    facts: {
      queue: { isAway: true, sinceMs: ago(SECOND), livesOn: 'redis' },
      queueState: null,
      alarms: null,
    },
    said: {
      code: 'queue_away',
      title: 'The queue does not answer',
      do: expect.stringContaining('docker compose up -d redis'),
      since: ago(SECOND),
    },
  },
  {
    is: 'the queue is paused',
    facts: { queueState: queueWith({ restrictions: ['paused'] }) },
    said: { code: 'queue_paused', title: 'The queue is paused', do: expect.stringContaining('Resume') },
  },
  {
    is: 'the queue is slowed',
    facts: { queueState: queueWith({ restrictions: ['limited to 1 at a time'] }) },
    said: { code: 'queue_paused', title: 'The queue is limited to 1 at a time' },
  },
  {
    is: 'an alarm failed',
    facts: { alarms: { waiting: 3, failed: 1 } },
    said: {
      code: 'alarms_failed',
      title: '1 alarm has failed',
      do: expect.stringContaining('/admin/queues'),
    },
  },
  {
    is: 'two versions run for more than ten minutes',
    facts: { state: stateWith(older()) },
    said: {
      code: 'versions_differ',
      title: 'Versions 0.9.0 and 1.0.0 run side by side',
      do: expect.stringContaining('docker compose up -d --build'),
      since: ago(11 * MINUTE),
    },
  },
  {
    is: 'the last audit was finished 27 hours ago',
    facts: { state: stateWith({ lastAudit: audited({ finishedAt: ago(27 * HOUR) }) }) },
    said: { code: 'audit_missing', title: 'No audit was finished for 26 hours', since: ago(HOUR) },
  },
  {
    is: 'no audit was ever finished and the oldest session is 27 hours old',
    facts: { state: stateWith({ lastAudit: null, oldestStart: ago(27 * HOUR) }) },
    said: { code: 'audit_missing', since: ago(HOUR) },
  },
  {
    is: 'Redis may evict',
    facts: { queueState: queueWith({ redisFlaws: [policy, appendOnly] }) },
    said: {
      code: 'redis_policy',
      meaning: expect.stringMatching(/Redis may throw alarms away\. It forgets\./),
      do: 'redis-cli CONFIG SET maxmemory-policy noeviction && redis-cli CONFIG SET appendonly yes',
      since: null,
    },
  },
];

describe('on Now', () => {
  test('nothing is said where all is well', () => {
    expect(problemsOf(factsWith())).toStrictEqual([]);
  });

  test.each(TABLE)('where $is, that is said, with what to do', ({ facts, said }) => {
    const problem = problemsOf(factsWith(facts)).find(({ code }) => 'code' in said && code === said.code);
    expect(problem).toMatchObject(said);
    expect(problem?.meaning).toMatch(/\.$/);
  });

  test('each problem there is, is in the table', () => {
    const told = TABLE.flatMap(({ facts }) => codesOf(factsWith(facts)));
    expect([...new Set(told)].toSorted()).toStrictEqual(PROBLEM_CODES.toSorted());
  });

  test('the worst comes first, whatever else is wrong', () => {
    const everything = factsWith({
      state: stateWith({
        ...older(),
        ...noWorker,
        sessions: overdue(3, ago(HOUR)),
        lastAudit: audited({ differences: 1, finishedAt: ago(30 * HOUR) }),
      }),
      failing: [seven],
      queueState: queueWith({ restrictions: ['paused'], redisFlaws: [policy] }),
      alarms: { waiting: 0, failed: 2 },
    });
    expect(codesOf(everything)).toStrictEqual([
      'no_worker',
      'sessions_overdue',
      'settling_fails',
      'audit_difference',
      'queue_paused',
      'alarms_failed',
      'audit_missing',
      'redis_policy',
    ]);
  });

  test.each<[string, Partial<Facts>]>([
    ['what cannot be read', { state: null, queueState: null, alarms: null }],
    ['an update of less than ten minutes', { state: stateWith(older(ago(10 * MINUTE))) }],
    [
      'differences that somebody has taken note of',
      { state: stateWith({ lastAudit: audited({ differences: 3, isAcknowledged: true }) }) },
    ],
    [
      'a fresh installation without any session',
      { state: stateWith({ lastAudit: null, oldestStart: null }) },
    ],
    [
      'an installation whose first session is a day old',
      { state: stateWith({ lastAudit: null, oldestStart: ago(26 * HOUR) }) },
    ],
    [
      'audits that were switched off',
      { isAuditedNightly: false, state: stateWith({ lastAudit: null, oldestStart: ago(99 * HOUR) }) },
    ],
  ])('nothing is said of %s', (_what, facts) => {
    expect(problemsOf(factsWith(facts))).toStrictEqual([]);
  });

  test('a queue that is away with its database is not a second problem', () => {
    const isAway = { isAway: true, sinceMs: null };
    const away = { database: isAway, state: null, queueState: null, alarms: null };
    expect(codesOf(factsWith({ ...away, queue: { ...isAway, livesOn: 'database' } }))).toStrictEqual([
      'database_away',
    ]);
    expect(codesOf(factsWith({ ...away, queue: { ...isAway, livesOn: 'redis' } }))).toStrictEqual([
      'database_away',
      'queue_away',
    ]);
  });
});

test.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [125_000, '2 min 5 s'],
  [HOUR + 61 * SECOND, '1 h 1 min'],
  [NOON - ago(50 * HOUR), '50 h 0 min'],
])('%i ms are %s', (durationMs, words) => {
  expect(durationOf(durationMs)).toBe(words);
});
