// Stands in for workers/worker.ts where only the process around it is under test.
import { appendFileSync } from 'node:fs';

const timer = setInterval(() => {}, 1000);
trace('started');

process.once('SIGTERM', () => {
  clearInterval(timer);
  trace('drained');
});

// A worker that breaks down.
process.once('SIGUSR2', () => process.exit(7));

function trace(what: string): void {
  appendFileSync(process.env['STAND_IN_TRACE'] ?? '/dev/null', `worker ${process.pid} ${what}\n`);
}
