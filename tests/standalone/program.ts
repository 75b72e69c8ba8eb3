import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Program {
  readonly pid: number;
  /** Everything printed so far, on stdout and stderr. */
  output(): string;
  /** Waits until this has been printed; throws where the program ends before, or after 30 seconds. */
  untilPrinted(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  readonly exitCode: Promise<number | null>;
}

const PRINT_TIMEOUT_MS = 30_000;

/** Runs a script, named from this directory, with the same Node. */
export function runScript(
  script: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Program {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });

  const closed = once(child, 'close');
  if (child.pid === undefined) throw new Error(`${script} did not start`);
  return {
    pid: child.pid,
    output: () => output,
    kill: (signal) => void child.kill(signal),
    exitCode: closed.then(() => child.exitCode),
    async untilPrinted(text) {
      const giveUp = AbortSignal.timeout(PRINT_TIMEOUT_MS);
      while (!output.includes(text)) {
        const more = once(child.stdout, 'data', { signal: giveUp });
        const ended = await Promise.race([more.then(() => false), closed.then(() => true)]);
        if (ended && !output.includes(text))
          throw new Error(`the program ended and never printed "${text}", but: ${output}`);
      }
    },
  };
}
