import { paint } from '../kit/table.ts';
import { readArguments, USAGE } from './arguments.ts';
import { FAULTS } from './faults/catalogue.ts';
import { runChaos } from './run-chaos.ts';

const printLine = (line: string): void => void process.stdout.write(`${line}\n`);

const stop = new AbortController();
// npm hands on an interrupt that the terminal has sent already: the second one means nothing more.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
// The reader of the output has gone: everything is cleaned up all the same.
process.stdout.on('error', () => stop.abort());

const args = process.argv.slice(2);
const read = readArguments(args, FAULTS);
switch (read.kind) {
  case 'list': {
    const width = Math.max(...FAULTS.map(({ name }) => name.length));
    for (const { name, about } of FAULTS) printLine(`  ${name.padEnd(width)}  ${about}`);
    break;
  }
  case 'help':
    printLine(USAGE.join('\n'));
    break;
  case 'mistake':
    process.stderr.write(`${read.message}\n${USAGE.join('\n')}\n`);
    process.exitCode = 2;
    break;
  case 'run': {
    const command = ['npm run chaos --', ...args].join(' ');
    const exitCode = await runChaos({ run: read, command, printLine, paint, stopRequested: stop.signal });
    // Everything is stopped. Where a process was killed while we spoke to it, Node 26 was seen to spin without end
    // in its own cleaning up; and after an interrupt something may wait for an answer that never comes.
    process.exit(exitCode);
  }
}
