import { spawn } from 'node:child_process';

/**
 * Waits for its input to end. Then stops process `$1` in order, which takes that it is not held still, and after `$2`
 * tenths of a second kills what is left of it and of its own processes (PostgreSQL gives each a group of its own, so
 * they are found by their parent). Removes all other arguments.
 */
const SCRIPT = `
  read -r _
  pid=$1
  patience=$2
  shift 2
  tree() { echo "$pid" $(cat "/proc/$pid/task/$pid/children" 2>/dev/null || pgrep -P "$pid"); }
  wait_for_end() {
    tries=0
    while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt "$1" ]; do tries=$((tries + 1)); sleep 0.1; done
  }
  kill -INT "$pid"
  kill -CONT $(tree)
  wait_for_end "$patience"
  if kill -0 "$pid" 2>/dev/null; then
    left=$(tree)
    kill -CONT $left
    kill -KILL $left
    wait_for_end 50
  fi
  rm -rf "$@"
`;

const PATIENCE_MS = 30_000;

/**
 * Stops another process and removes directories as soon as this process is gone, also where it was killed
 * and could not do so itself. Whatever the other one does, it has no longer than `patienceMs` to end. Gives
 * what calls that off.
 */
export function watchOver(
  pid: number,
  directories: readonly string[],
  patienceMs: number = PATIENCE_MS,
): () => void {
  const tries = Math.ceil(patienceMs / 100);
  // The watcher's input ends with this process: the kernel sees to that.
  const watcher = spawn('/bin/sh', ['-c', SCRIPT, 'sh', String(pid), String(tries), ...directories], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  return () => {
    watcher.kill('SIGKILL');
  };
}
