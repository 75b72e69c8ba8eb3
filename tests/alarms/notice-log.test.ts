import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { logNotices } from '../../src/alarms/notices.ts';

function recordedLog() {
  const lines: { level: string; fields: object; text: string }[] = [];
  const write = (level: string) => (fields: object, text: string) => void lines.push({ level, fields, text });
  return { lines, log: { info: write('info'), warn: write('warn'), error: write('error') } };
}

describe('the log of the queue', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('shows the error of a failed alarm under the key that the logger prints with its stack', () => {
    const { lines, log } = recordedLog();
    const error = new Error('no database');
    logNotices(log)({ kind: 'alarm_failed', jobId: 'session-7', error });
    expect(lines).toMatchObject([{ level: 'error', fields: { jobId: 'session-7', err: error } }]);
  });

  test('is not flooded when ten thousand alarms fail at once, and says how many lines it left out', () => {
    const { lines, log } = recordedLog();
    const report = logNotices(log);
    const notice = { kind: 'alarm_failed', jobId: 'session-7', error: new Error('no database') } as const;
    for (let alarm = 0; alarm < 10_000; alarm += 1) report(notice);
    expect(lines).toHaveLength(20);
    vi.advanceTimersByTime(10_000);
    report(notice);
    expect(lines.slice(20)).toMatchObject([
      { level: 'warn', fields: { leftOut: 9_980 } },
      { level: 'error' },
    ]);
  });

  test('shows that the queue is away and back even while other lines are left out', () => {
    const { lines, log } = recordedLog();
    const report = logNotices(log);
    for (let alarm = 0; alarm < 100; alarm += 1) report({ kind: 'alarm_stalled', jobId: 'session-7' });
    report({ kind: 'connection_lost', connection: 'worker', error: new Error('refused') });
    report({ kind: 'connection_restored', connection: 'worker' });
    expect(lines.slice(20).map(({ level }) => level)).toStrictEqual(['warn', 'info']);
  });
});
