import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createApiMetrics } from '../../src/ops/api-metrics.ts';
import { createMetrics } from '../../src/ops/metrics.ts';
import { addQueueMetrics } from '../../src/ops/queue-metrics.ts';
import { createWorkerMetrics } from '../../src/ops/worker-metrics.ts';

const nobody = () => Promise.resolve({ active: 0, overdue: 0 });

test('the metrics stay while the database is away, without the figures that are counted there', async () => {
  let isAway = false;
  const metrics = createMetrics(() =>
    isAway ? Promise.reject(new Error('away')) : Promise.resolve({ active: 7, overdue: 2 }),
  );
  metrics.queueNotice('connection_lost');

  const before = await metrics.text();
  expect(before).toMatch(/^sessions_active 7$/m);
  expect(before).toMatch(/^sessions_overdue 2$/m);

  isAway = true;
  const meanwhile = await metrics.text();
  expect(meanwhile).not.toMatch(/^sessions_(active|overdue) /m);
  expect(meanwhile).toMatch(/^queue_notices_total\{kind="connection_lost"\} 1$/m);

  isAway = false;
  expect(await metrics.text()).toMatch(/^sessions_active 7$/m);
});

test('a worker exports no heartbeat before its first, and the time of the last one afterwards', async () => {
  const registry = new Registry();
  const worker = createWorkerMetrics(registry);
  expect(await registry.metrics()).not.toMatch(/^worker_heartbeat_timestamp_seconds /m);

  const beforeMs = Date.now();
  worker.heartbeat();
  const [, seconds] = /^worker_heartbeat_timestamp_seconds (\S+)$/m.exec(await registry.metrics()) ?? [];
  expect(Number(seconds) * 1000).toBeGreaterThanOrEqual(beforeMs);
  expect(Number(seconds) * 1000).toBeLessThanOrEqual(Date.now());
});

test('whether the queue is restricted is a figure that goes down again, and is left out while the queue is away', async () => {
  const registry = new Registry();
  let found: () => Promise<{ queue: string; restriction: string }[]> = async () => [];
  addQueueMetrics(registry, () => found());
  const told = async () => /^queue_restricted (\d)$/m.exec(await registry.metrics())?.[1];
  expect(await told()).toBe('0');
  found = async () => [{ queue: 'session-deadlines', restriction: 'paused' }];
  expect(await told()).toBe('1');
  found = () => Promise.reject(new Error('away'));
  expect(await told()).toBeUndefined();
  found = async () => [];
  expect(await told()).toBe('0');
});

/** What `promtool check metrics` would complain of, as far as names and help tell. */
function complaintsAbout(text: string): readonly string[] {
  return Array.from(text.matchAll(/^# TYPE (\S+) (\w+)$/gm), ([, name = '', type = '']) => {
    const complaints = [];
    if (!new RegExp(`^# HELP ${name} \\S`, 'm').test(text)) complaints.push('has no help');
    if (!/^[a-z][a-z0-9_]*$/.test(name)) complaints.push('is not in lower case with underscores');
    if (name.endsWith('_total') !== (type === 'counter'))
      complaints.push('_total is for counters, and for all');
    if (/_(count|sum|bucket)$/.test(name)) complaints.push('ends like a part of a histogram');
    if (
      /_(milli|micro|nano)?s(ec)?$|_(milli|micro|nano)seconds$|_(kb|mb|kilobytes|minutes|hours|days)$/.test(
        name,
      )
    )
      complaints.push('has a unit that is no base unit');
    if (name.includes(type)) complaints.push('has its type in its name');
    return complaints.map((complaint) => `${name} ${complaint}`);
  }).flat();
}

test.each([
  ['an API', createApiMetrics],
  ['a worker', createWorkerMetrics],
  ['the queue', (registry: Registry) => addQueueMetrics(registry, async () => [])],
] as const)('the metrics of %s have names, types and help as Prometheus asks', async (_process, register) => {
  const metrics = createMetrics(nobody);
  register(metrics.registry);
  const text = await metrics.text();
  expect(text.match(/^# TYPE /gm)?.length).toBeGreaterThan(30);
  expect(complaintsAbout(text)).toEqual([]);
});

test('a metric that Prometheus would not like is found', () => {
  const type = (name: string, kind: string) => complaintsAbout(`# HELP ${name} x\n# TYPE ${name} ${kind}`);
  expect(type('handles_total', 'gauge')).not.toEqual([]);
  expect(type('handles', 'counter')).not.toEqual([]);
  expect(type('lag_milliseconds', 'gauge')).not.toEqual([]);
  expect(type('size_count', 'gauge')).not.toEqual([]);
  expect(type('sizeGauge', 'gauge')).not.toEqual([]);
  expect(complaintsAbout('# TYPE lag_seconds gauge')).not.toEqual([]);
  expect(type('lag_seconds', 'gauge')).toEqual([]);
});
