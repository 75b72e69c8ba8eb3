import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, open, readFile, readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { sleep } from '../async/sleep.ts';
import type { ServerUser } from './binaries.ts';
import { isErrno } from './errors.ts';

const run = promisify(execFile);
const FAST_STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 25;

export interface ServerOptions {
  readonly postgres: string;
  readonly cluster: string;
  readonly user: ServerUser;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  /** Begun anew at every start, so that it cannot grow for ever. */
  readonly logFile: string;
  readonly foreignPid: number | undefined;
}

export interface ServerProcess {
  readonly pid: number;
  /** Settles when the process has ended, however that came. */
  readonly exited: Promise<void>;
  /** A fast shutdown: transactions in progress are rolled back, the rest is written. Idempotent. */
  stop(): Promise<void>;
  /** The line of its log that says why it ended, or its last line. */
  reason(): Promise<string>;
}

/** Starts the server's process. It does not take connections yet when this returns. */
export async function spawnServer(options: ServerOptions): Promise<ServerProcess> {
  await mkdir(dirname(options.logFile), { recursive: true });
  const log = await open(options.logFile, 'a', 0o600);
  await log.truncate();
  const child = spawn(options.postgres, ['-D', options.cluster, ...toFlags(options)], {
    ...options.user,
    cwd: '/',
    // Its own group: an interrupt typed at the terminal must reach us alone, because the order matters.
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: toEnvironment(options.foreignPid),
  });
  const exited = untilExit(child);
  await log.close();
  if (child.pid === undefined) {
    // It never started: `exited` says why.
    await exited;
    throw new Error(`${options.postgres} did not start`);
  }
  let stopping: Promise<void> | undefined;
  return {
    pid: child.pid,
    exited,
    stop: () => (stopping ??= stop(child, exited)),
    reason: () => readReason(options.logFile),
  };
}

function toFlags(options: ServerOptions): string[] {
  const settings: Record<string, string> = {
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] ',
    ...options.settings,
    listen_addresses: '127.0.0.1',
    port: String(options.port),
    unix_socket_directories: '',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function toEnvironment(foreignPid: number | undefined): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    LC_ALL: 'C',
    // PostgreSQL takes a living process with the number in postmaster.pid for another server, and refuses to
    // start; with this variable, which pg_ctl sets too, it does not count that process.
    ...(foreignPid === undefined ? {} : { PG_GRANDPARENT_PID: String(foreignPid) }),
  };
}

async function untilExit(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => resolve());
    child.once('error', reject);
  });
}

async function stop(child: ChildProcess, exited: Promise<void>): Promise<void> {
  child.kill('SIGINT');
  const timer = setTimeout(() => child.kill('SIGQUIT'), FAST_STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}

async function readReason(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8')).split('\n');
  // Connecting too early is answered with "FATAL: the database system is starting up", which explains nothing.
  const isReason = (line: string): boolean => /(?:FATAL|PANIC): {2}(?!the database system is)/.test(line);
  return lines.findLast(isReason) ?? lines.findLast((line) => line !== '') ?? '';
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isErrno(error, 'EPERM');
  }
}

/**
 * Whether this process is a PostgreSQL server at work in this directory. That a process with this number
 * is alive says little: numbers are used again, above all after a restart of a container, and a process
 * that has ended keeps its number until its parent asks for it.
 */
export async function isServerOf(pid: number, cluster: string): Promise<boolean> {
  try {
    if (process.platform === 'linux') return (await readlink(`/proc/${pid}/cwd`)) === cluster;
    const { stdout } = await run('ps', ['-p', String(pid), '-o', 'command=']);
    return stdout.includes('postgres') && stdout.includes(cluster);
  } catch {
    return false;
  }
}

/** Waits until this server is gone, or the time is over. Gives whether it is gone. */
export async function waitUntilGone(pid: number, cluster: string, timeoutMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (await isServerOf(pid, cluster)) {
    if (performance.now() > deadlineMs) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** What `postmaster.pid` says about the server that runs, or last ran, on this cluster. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

export async function readPostmaster(cluster: string): Promise<Postmaster | undefined> {
  try {
    const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n');
    const pid = Number(lines[0]);
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, port: Number(lines[3]) } : undefined;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
