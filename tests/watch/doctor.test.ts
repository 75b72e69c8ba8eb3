import { describe, expect, test } from 'vitest';
import {
  checksOf,
  type DatabaseFindings,
  type Findings,
  type QueueFindings,
} from '../../src/watch/doctor.ts';
import { ago, audited, HOUR, MINUTE, overdue, runs, SECOND, stateWith } from './facts.ts';

const database = (more: Partial<DatabaseFindings> = {}): DatabaseFindings => ({
  kind: 'up',
  notPrimary: null,
  migrations: { applied: 14, pending: [], unknown: [] },
  connections: { used: 12, most: 97 },
  clockAheadMs: 3,
  state: stateWith(),
  ...more,
});
const queue = (more: Partial<QueueFindings> = {}): QueueFindings => ({
  kind: 'up',
  restrictions: [],
  redisFlaws: [],
  alarms: { waiting: 15, failed: 0 },
  held: 12,
  active: 12,
  ...more,
});
const findings = (more: Partial<Findings> = {}): Findings => ({
  installation: 'services',
  version: '1.0.0',
  mistakes: [],
  isAuditedNightly: true,
  database: database(),
  disk: null,
  queueLivesOn: 'redis',
  queue: queue(),
  ...more,
});

const lines = (more: Partial<Findings> = {}) =>
  checksOf(findings(more)).map(({ name, state, figure }) => `${state} ${name}: ${figure}`);
const failed = (more: Partial<Findings>) => checksOf(findings(more)).filter(({ state }) => state !== 'ok');
const inState = (more: Parameters<typeof stateWith>[0]) => ({
  database: database({ state: stateWith(more) }),
});

describe('the doctor', () => {
  test('says of everything that it is good, with the figure', () => {
    expect(lines()).toStrictEqual([
      'ok settings: good',
      'ok database: answers',
      'ok primary: yes',
      'ok migrations: 14 applied, none missing',
      'ok connections: 12 of 97',
      'ok clock: as this machine’s',
      'ok queue: answers, on Redis',
      'ok maxmemory-policy: noeviction',
      'ok appendonly: yes',
      'ok paused: no',
      'ok alarms: 12 for 12 active sessions',
      'ok failed alarms: none',
      'ok versions: 1.0.0, 2 processes',
      'ok workers: 1 is running',
      'ok overdue: 0 of 12 active sessions',
      'ok last audit: night of 2026-11-27: 96 sessions, 0 differences',
    ]);
    expect(checksOf(findings()).filter((check) => check.do !== null)).toStrictEqual([]);
  });

  test('looks at the disk of an embedded database, and not at Redis', () => {
    const told = lines({
      installation: 'embedded',
      queueLivesOn: 'database',
      disk: { freeBytes: 40e9, totalBytes: 100e9 },
    });
    expect(told).toContain('ok disk: 40.0 of 100.0 GB free');
    expect(told).toContain('ok queue: answers, on PostgreSQL');
    expect(told.join()).not.toContain('maxmemory');
  });

  test.each<[string, Partial<Findings>, object]>([
    ['settings', { mistakes: ['PORT must be …'] }, { state: 'fail', figure: 'PORT must be …' }],
    [
      'database',
      { database: { kind: 'away', why: 'connect ECONNREFUSED 127.0.0.1:5432' } },
      { state: 'fail', do: expect.stringContaining('docker compose up -d postgres') },
    ],
    [
      'primary',
      { database: database({ notPrimary: 'DATABASE_URL leads to a standby' }) },
      { state: 'fail', do: expect.stringContaining('primary') },
    ],
    [
      'migrations',
      { database: database({ migrations: { applied: 13, pending: ['2026_x'], unknown: [] }, state: null }) },
      {
        state: 'fail',
        figure: '1 not applied, the first is 2026_x',
        do: expect.stringMatching(/^npm run migrate/),
      },
    ],
    [
      'migrations',
      { database: database({ migrations: { applied: 15, pending: [], unknown: ['2027_y'] } }) },
      { state: 'warn' },
    ],
    ['connections', { database: database({ connections: { used: 93, most: 97 } }) }, { state: 'fail' }],
    ['connections', { database: database({ connections: { used: 80, most: 97 } }) }, { state: 'warn' }],
    [
      'clock',
      { database: database({ clockAheadMs: -6_000 }) },
      { state: 'fail', figure: '6.0 s behind this machine’s' },
    ],
    ['clock', { database: database({ clockAheadMs: 1_500 }) }, { state: 'warn' }],
    [
      'disk',
      { disk: { freeBytes: 4e8, totalBytes: 1e11 } },
      { state: 'fail', figure: '0.4 of 100.0 GB free' },
    ],
    ['disk', { disk: { freeBytes: 4e9, totalBytes: 1e11 } }, { state: 'warn' }],
    [
      'queue',
      { queue: { kind: 'away', why: 'connect ECONNREFUSED' } },
      { state: 'fail', do: expect.stringContaining('docker compose up -d redis') },
    ],
    [
      'maxmemory-policy',
      {
        queue: queue({
          redisFlaws: [{ setting: 'maxmemory-policy', wanted: 'noeviction', found: 'allkeys-lru', text: '' }],
        }),
      },
      { state: 'fail', figure: 'allkeys-lru', do: 'redis-cli CONFIG SET maxmemory-policy noeviction' },
    ],
    [
      'appendonly',
      { queue: queue({ redisFlaws: [{ setting: 'appendonly', wanted: 'yes', found: 'no', text: '' }] }) },
      { state: 'fail', figure: 'no', do: 'redis-cli CONFIG SET appendonly yes' },
    ],
    [
      'paused',
      { queue: queue({ restrictions: ['paused'] }) },
      { state: 'fail', figure: 'the queue is paused', do: expect.stringContaining('Resume') },
    ],
    [
      'alarms',
      { queue: queue({ held: 11 }) },
      { state: 'fail', figure: '11 for 12 active sessions', do: expect.stringContaining('Promote') },
    ],
    ['failed alarms', { queue: queue({ alarms: { waiting: 1, failed: 2 } }) }, { state: 'fail' }],
    [
      'versions',
      inState({
        processes: [runs('api', { version: '0.9.0' }), runs('worker', { startedAt: ago(11 * MINUTE) })],
      }),
      { state: 'fail' },
    ],
    [
      'versions',
      inState({ processes: [runs('api', { version: '0.9.0' }), runs('worker', { startedAt: ago(MINUTE) })] }),
      { state: 'warn', figure: '0.9.0 and 1.0.0: an update is under way' },
    ],
    ['versions', { version: '2.0.0' }, { state: 'warn', figure: '1.0.0 is running, this is 2.0.0' }],
    [
      'workers',
      inState({ processes: [runs('api')] }),
      { state: 'fail', figure: 'no worker is running', do: expect.stringMatching(/^npm run start:worker/) },
    ],
    [
      'overdue',
      inState({ sessions: overdue(3, ago(9 * SECOND)) }),
      { state: 'fail', figure: '3 sessions are overdue' },
    ],
    ['last audit', inState({ lastAudit: audited({ differences: 1 }) }), { state: 'fail' }],
    ['last audit', inState({ lastAudit: audited({ finishedAt: ago(27 * HOUR) }) }), { state: 'fail' }],
  ])('says of %s what is wrong, and of nothing else: %j', (name, wrong, said) => {
    expect(failed(wrong)).toMatchObject([{ name, ...said }]);
  });

  test('leaves out what it could not look at', () => {
    expect(lines({ database: null, queue: null, mistakes: ['DATABASE_URL must be a URL.'] })).toStrictEqual([
      'fail settings: DATABASE_URL must be a URL.',
    ]);
  });

  test('does not count alarms against sessions that it does not know', () => {
    expect(lines({ queue: queue({ held: 3, active: null }) })).toContain('ok alarms: 3');
  });
});
