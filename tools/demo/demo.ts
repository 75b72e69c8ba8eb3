import { paint } from '../kit/table.ts';
import { runDemo } from './run-demo.ts';

const stop = new AbortController();
// npm passes on an interrupt that the terminal has sent already: the second one means nothing more.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
// The reader of the output has gone (`npm run demo | head`): everything is cleaned up all the same.
process.stdout.on('error', () => stop.abort());

process.exitCode = await runDemo({
  printLine: (line) => process.stdout.write(`${line}\n`),
  paint,
  stopRequested: stop.signal,
});
