import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { SeatOptions } from './program-seat.ts';

const PROJECT_DIR = join(import.meta.dirname, '../../..');
const PROGRAMS = {
  api: { script: 'src/server.ts', port: 'PORT' },
  worker: { script: 'workers/worker.ts', port: 'WORKER_PORT' },
} as const;
const preload = (name: string): readonly string[] => [
  '--import',
  new URL(`../preload/${name}.ts`, import.meta.url).href,
];

/** Starts one of the product's programs as it is in production, with our preloads before it. */
export function spawnProgram(
  { kind, port, logFile, environment, directory }: SeatOptions,
  blockFile: string,
  clockShiftMs: number,
): ChildProcess {
  const program = PROGRAMS[kind];
  const shift = clockShiftMs === 0 ? [] : preload('shift-clock');
  const log = openSync(logFile, 'a');
  const child = spawn(
    process.execPath,
    [...preload('block-event-loop'), ...shift, join(PROJECT_DIR, program.script)],
    {
      env: {
        ...environment,
        [program.port]: String(port),
        // A process that is killed every few seconds need not compile everything anew each time.
        NODE_COMPILE_CACHE: join(directory, 'compiled'),
        CHAOS_BLOCK_FILE: blockFile,
        CHAOS_CLOCK_SHIFT_MS: String(clockShiftMs),
      },
      stdio: ['ignore', log, log],
      // Its own group: an interrupt typed at the terminal must reach the runner alone.
      detached: true,
    },
  );
  closeSync(log);
  return child;
}
