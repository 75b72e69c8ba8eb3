import { describe, expect, it } from 'vitest';
import { sessionId } from '../../src/billing/ids.ts';
import { alarmDelayMs, alarmId, alarmJob } from '../../src/timers/alarm-job.ts';

describe('the job of an alarm', () => {
  it.each([1, 42, 2 ** 53 - 1])('has an id that BullMQ accepts, for session %d', (number) => {
    const id = alarmId(sessionId(number));
    expect(id).toBe(`session-${number}`);
    expect(id).not.toContain(':');
    expect(id).not.toMatch(/^\d+$/);
  });

  it('has one id per session and never two sessions under one id', () => {
    const ids = [1, 11, 111, 12].map((number) => alarmId(sessionId(number)));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('carries the session id and nothing else', () => {
    expect(alarmJob({ sessionId: sessionId(7), delayMs: 1_000 }).data).toStrictEqual({ sessionId: 7 });
  });

  it.each([
    { asked: 0, armed: 0 },
    { asked: -5, armed: 0 },
    { asked: 0.2, armed: 1 },
    { asked: 599_999.5, armed: 600_000 },
    { asked: 86_400_000, armed: 86_400_000 },
    { asked: 86_400_001, armed: 86_400_000 },
    { asked: Number.POSITIVE_INFINITY, armed: 86_400_000 },
  ])('rings after $armed ms when asked for $asked ms', ({ asked, armed }) => {
    expect(alarmDelayMs(asked)).toBe(armed);
  });

  it('refuses a delay that is no number', () => {
    expect(() => alarmDelayMs(Number.NaN)).toThrow(RangeError);
  });
});
