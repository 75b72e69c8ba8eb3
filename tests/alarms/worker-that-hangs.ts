import { createAlarmWorker } from '../../src/alarms/worker.ts';
import { storing } from './scripted-settle.ts';

/** A process that takes alarms, says which, and never finishes one. Its parent kills it. */
const [kind, url, lockDurationMs, stalledIntervalMs] = process.argv.slice(2);
if (url === undefined || (kind !== 'redis' && kind !== 'postgres'))
  throw new Error('usage: worker-that-hangs.ts redis|postgres <url> <lock, ms> <stalled interval, ms>');

await createAlarmWorker({
  queue: kind === 'redis' ? { kind, url, prefix: 'tests' } : { kind, url },
  lockDurationMs: Number(lockDurationMs),
  stalledIntervalMs: Number(stalledIntervalMs),
  report: () => {},
  arm: () => Promise.resolve(),
  deadlines: storing(),
  audit: null,
  onStuck: () => {},
  settle: (sessionId) => {
    process.stdout.write(`${sessionId}\n`);
    return new Promise(() => {});
  },
});
