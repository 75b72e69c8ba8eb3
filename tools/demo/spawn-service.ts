import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { memberOf } from '../../src/standalone/process-group.ts';
import type { Member } from '../../src/standalone/process-group.ts';

const KEPT_CHARACTERS = 16_384;
const END_WITH_PARENT = new URL('../../src/standalone/end-with-parent.ts', import.meta.url).href;

export interface ServiceOptions {
  readonly name: string;
  /** Path of the program, run by the same Node. */
  readonly script: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Whether its log is printed here. */
  readonly isLogShown: boolean;
}

/**
 * Starts a program as a member of the group. Unlike in `npm start`, what it complains of while it runs is kept
 * back, and only its last words are told, when it ends. SIGTERM asks it to finish its work.
 */
export function spawnService(options: ServiceOptions): Member {
  const child = spawn(process.execPath, ['--import', END_WITH_PARENT, options.script], {
    env: options.environment,
    stdio: ['ignore', options.isLogShown ? 'inherit' : 'ignore', 'pipe', 'ipc'],
    // Its own group: an interrupt typed at the terminal must reach us alone, because the order matters.
    detached: true,
  });
  return memberOf(options.name, child, untilEnded(child));
}

function untilEnded(child: ChildProcess): Promise<string> {
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-KEPT_CHARACTERS);
  });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => {
      const how = code === null ? `signal ${signal}` : `exit code ${code}`;
      const words = lastWords(complaints);
      resolve(words === '' ? how : `${how}: ${words}`);
    });
  });
}

/** The line of a stack trace that names the error; where there is none, the last line. */
export function lastWords(complaints: string): string {
  const lines = complaints.split('\n').filter((line) => line.trim() !== '');
  return lines.findLast((line) => /^(?:\w*Error|Uncaught)\b/.test(line)) ?? lines.at(-1) ?? '';
}
