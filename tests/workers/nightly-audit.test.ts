/** When a worker asks whether a night is to be audited. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createNightlyAudit } from '../../workers/nightly-audit.ts';

const MINUTE_MS = 60_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

function open() {
  const night = vi.fn(async () => ({ kind: 'not_due' as const }));
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  return { night, nightly: createNightlyAudit({ night, runs: async () => [], log }) };
}

test('a worker asks every minute, give or take a fifth, whether a night is due, until it stops', async () => {
  const { night, nightly } = open();
  nightly.start(3);
  await vi.advanceTimersByTimeAsync(0.8 * MINUTE_MS - 1);
  expect(night).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(0.4 * MINUTE_MS + 1);
  expect(night).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ atHour: 3 }));
  await vi.advanceTimersByTimeAsync(10 * MINUTE_MS);
  const asked = night.mock.calls.length;
  expect(asked).toBeGreaterThan(8);
  expect(asked).toBeLessThan(14);

  await nightly.close();
  await vi.advanceTimersByTimeAsync(10 * MINUTE_MS);
  expect(night).toHaveBeenCalledTimes(asked);
});

test('a worker never asks where the audit of the night is switched off', async () => {
  const { night, nightly } = open();
  nightly.start(null);
  await vi.advanceTimersByTimeAsync(10 * MINUTE_MS);
  expect(night).not.toHaveBeenCalled();
  await nightly.close();
});
