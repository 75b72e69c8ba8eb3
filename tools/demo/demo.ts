import { paint } from './paint.ts';
import { plainReason } from './plain-reason.ts';
import { runDemo } from './run-demo.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // npm hands on an interrupt that the terminal has sent already: the second one means nothing more.
  process.on(signal, () => stop.abort());
}
// Whoever read what is printed has gone (`npm run demo | head`): all is put away just the same.
process.stdout.on('error', () => stop.abort());

try {
  process.exitCode = await runDemo({
    environment: process.env,
    printLine: (line) => process.stdout.write(`${line}\n`),
    paint,
    stopRequested: stop.signal,
  });
} catch (error) {
  process.stderr.write(`${plainReason(error)}\n`);
  process.exitCode = 1;
}
