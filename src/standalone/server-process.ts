import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import type { ServerUser } from './server-user.ts';

const FAST_STOP_TIMEOUT_MS = 30_000;

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
  /** What the server last said about its own end, if it did. */
  lastWords(): Promise<string>;
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
    lastWords: () => readLastWords(options.logFile),
  };
}

/** A port of the loopback interface that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') {
    throw new Error('a listening TCP server has no port');
  }
  return address.port;
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
    // start; this is its own way (pg_ctl uses it) to be told that the process is not one.
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

async function readLastWords(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8')).split('\n');
  // Knocking too early is answered with "FATAL: the database system is starting up", which explains nothing.
  const isReason = (line: string): boolean => /(?:FATAL|PANIC): {2}(?!the database system is)/.test(line);
  return lines.findLast(isReason) ?? lines.findLast((line) => line !== '') ?? '';
}
