import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findFreePort } from '../../src/standalone/ports.ts';
import { startReaper } from '../../src/standalone/reaper.ts';

/** A Redis of one test file that can be made to disappear and to come back under the same address. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** As when the power fails. Its data is on disk only as far as the append-only file goes. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** The process stands still, its connections stay open. */
  freeze(): void;
  thaw(): void;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

export async function startRedisServer(...options: readonly string[]): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'redis-'));
  const port = await findFreePort();
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', directory, '--save', '', ...options];
  let server: ChildProcess | null = null;
  let callOff = (): void => {};

  async function start(): Promise<void> {
    const started = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    server = started;
    if (started.pid !== undefined) callOff = startReaper(started.pid, [directory]);
    for await (const line of createInterface({ input: started.stdout })) {
      if (line.includes('Ready to accept connections')) break;
    }
    started.stdout.resume();
  }

  async function kill(): Promise<void> {
    if (server === null) return;
    callOff();
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
    server = null;
  }

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    start,
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    stop: async () => {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
