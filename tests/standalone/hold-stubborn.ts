// Watches over a process, and over one that it started: neither hears of an interrupt. Until it is killed.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { startReaper } from '../../src/standalone/reaper.ts';

const script = `trap '' INT; sleep 600 & echo $!; wait`;
const { pid, stdout } = spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
if (pid === undefined) throw new Error('/bin/sh did not start');
startReaper(pid, [], 500);
for await (const child of createInterface({ input: stdout }))
  process.stdout.write(`ready ${JSON.stringify({ pid, child: Number(child) })}\n`);
