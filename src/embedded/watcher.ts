import { spawn } from 'node:child_process';

/** Waits for its input to end; stops process `$1`, and gives it half a minute; removes all other arguments. */
const SCRIPT = `
  read -r _
  pid=$1
  shift
  kill -INT "$pid"
  tries=0
  while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 300 ]; do tries=$((tries + 1)); sleep 0.1; done
  rm -rf "$@"
`;

/**
 * Stops another process and removes directories as soon as this process is gone, also where it was killed
 * and could not do so itself. Gives what calls that off.
 */
export function watchOver(pid: number, directories: readonly string[]): () => void {
  // The watcher's input ends with this process: the kernel sees to that.
  const watcher = spawn('/bin/sh', ['-c', SCRIPT, 'sh', String(pid), ...directories], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  return () => {
    watcher.kill('SIGKILL');
  };
}
