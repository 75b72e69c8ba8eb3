import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Waits for its input to end, which the kernel sees to when the runner is gone, however that came. Then ends every
 * process in the list, also one that stands still, and every PostgreSQL whose data is in the directory (which ends its
 * own by force after 5 s), and removes what is left.
 */
const SCRIPT = `
  read -r _
  for entry in "$1"/*; do
    [ -f "$entry" ] || continue
    pid=$(basename "$entry")
    kill -KILL "$pid" 2>/dev/null
  done
  for file in "$2"/*/postgres/postmaster.pid; do
    [ -f "$file" ] && kill -QUIT "$(head -n 1 "$file")" 2>/dev/null
  done
  sleep 6
  rm -rf "$2"
`;

/** Sees to it that no process of the run outlives the runner, not even where that is killed. */
export interface Guard {
  /** Until it is forgotten. */
  watch(pid: number): void;
  forget(pid: number): void;
  /** Calls the guard off. */
  close(): void;
}

/** What is watched is listed in this directory, which goes with the processes. */
export function postGuard(directory: string): Guard {
  const list = join(directory, 'processes');
  mkdirSync(list, { recursive: true });
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'sh', list, directory], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.unref();
  return {
    watch: (pid) => writeFileSync(join(list, String(pid)), ''),
    forget: (pid) => rmSync(join(list, String(pid)), { force: true }),
    close: () => void shell.kill('SIGKILL'),
  };
}
