// Stands in for workers/worker.ts where only the process around it is under test.
import { appendFileSync } from 'node:fs';

const timer = setInterval(() => {}, 1000);

process.once('SIGTERM', () => {
  clearInterval(timer);
  trace('drained');
});

// A worker that gives up, as one does whose queue hangs.
process.once('SIGUSR2', () => process.exit(1));

// Only now: a signal may follow at once.
trace('started');

function trace(what: string): void {
  appendFileSync(process.env['STAND_IN_TRACE'] ?? '/dev/null', `worker ${process.pid} ${what}\n`);
}
