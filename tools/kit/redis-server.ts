import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findFreePort } from '../../src/standalone/ports.ts';
import { startReaper } from '../../src/standalone/reaper.ts';

/** A Redis of our own on the loopback interface, which can be made to disappear and to come back under the same port. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly pid: () => number;
  /** As when the power fails. Its data is on disk only as far as the append-only file goes, or is lost as well. */
  readonly kill: (data?: 'kept' | 'lost') => Promise<void>;
  /** Resolves when it takes connections. */
  readonly start: () => Promise<void>;
  /** The process stands still, its connections stay open. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** Ends the server and removes its data. Safe to repeat. */
  readonly stop: () => Promise<void>;
}

/** As the product wants it: append-only, never evicting, and with a `hz` that is high enough for alarms on time. */
const SETTINGS = {
  save: '',
  appendonly: 'yes',
  appendfsync: 'everysec',
  'maxmemory-policy': 'noeviction',
  hz: '100',
  'hash-max-listpack-value': '256',
};

/** @param settings by Redis's own names, over those that the product wants */
export const startRedisServer = (settings: Readonly<Record<string, string>> = {}): Promise<RedisServer> =>
  startRedisWith(
    Object.entries({ ...SETTINGS, ...settings }).flatMap(([name, value]) => [`--${name}`, value]),
  );

/** The same with a whole command line, to which only port, address and directory are added. */
async function startRedisWith(args: readonly string[]): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'session-engine-redis-'));
  const port = await findFreePort();
  const ours = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', directory];
  let server: ChildProcess | null = null;
  let callOff = (): void => {};

  async function start(): Promise<void> {
    await mkdir(directory, { recursive: true });
    const started = spawn('redis-server', [...args, ...ours], {
      stdio: ['ignore', 'pipe', 'inherit'],
      // Its own group: an interrupt typed at the terminal must reach us alone, because the order matters.
      detached: true,
    });
    server = started;
    if (started.pid !== undefined) callOff = startReaper(started.pid, [directory]);
    let printed = '';
    for await (const line of createInterface({ input: started.stdout })) {
      printed += `${line}\n`;
      if (line.includes('Ready to accept connections')) return void started.stdout.resume();
    }
    await stop();
    throw new Error(`redis-server ended before it was ready: ${printed}`);
  }

  async function kill(data: 'kept' | 'lost' = 'kept'): Promise<void> {
    callOff();
    if (server !== null && server.exitCode === null && server.signalCode === null) {
      const exited = once(server, 'exit');
      server.kill('SIGKILL');
      await exited;
    }
    if (data === 'lost') await rm(directory, { recursive: true, force: true });
  }
  const stop = (): Promise<void> => kill('lost');

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid: () => server?.pid ?? 0,
    kill,
    start,
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    stop,
  };
}
