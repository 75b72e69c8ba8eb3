import { spawn } from 'node:child_process';

const TIMEOUT_MS = 30_000;

/**
 * Waits for its input to end. Then stops process `$1` in order, which takes that it is not held still, and after `$2`
 * tenths of a second kills what is left of it and of its own processes (PostgreSQL gives each a group of its own, so
 * they are found by their parent). Removes all other arguments.
 */
const SCRIPT = `
  read -r _
  pid=$1
  timeout=$2
  shift 2
  tree() { echo "$pid" $(cat "/proc/$pid/task/$pid/children" 2>/dev/null || pgrep -P "$pid"); }
  wait_for_end() {
    tries=0
    while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt "$1" ]; do tries=$((tries + 1)); sleep 0.1; done
  }
  kill -INT "$pid"
  kill -CONT $(tree)
  wait_for_end "$timeout"
  if kill -0 "$pid" 2>/dev/null; then
    left=$(tree)
    kill -CONT $left
    kill -KILL $left
    wait_for_end 50
  fi
  rm -rf "$@"
`;

/**
 * Stops another process and removes directories as soon as this process is gone, also where it was killed
 * and could not do so itself. It has no longer than `timeoutMs` to end. Gives
 * what calls it off.
 */
export function startReaper(
  pid: number,
  directories: readonly string[],
  timeoutMs: number = TIMEOUT_MS,
): () => void {
  const tries = Math.ceil(timeoutMs / 100);
  // The reaper's input ends with this process: the kernel sees to that.
  const reaper = spawn('/bin/sh', ['-c', SCRIPT, 'sh', String(pid), String(tries), ...directories], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  reaper.unref();
  return () => {
    reaper.kill('SIGKILL');
  };
}
