import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { findFreePort } from '../../../src/standalone/ports.ts';
import { redisFlags } from '../../kit/redis-flags.ts';
import type { Guard } from './guard.ts';

/** The one Redis of the run: append-only and never evicting, until a fault says otherwise. */
export interface RedisSeat {
  readonly port: number;
  /** As when the power fails. Returns once it takes connections again, under the same port. */
  killAndStart(data: 'kept' | 'lost'): Promise<void>;
  /** The process stands still, its connections stay open. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

export async function seatRedis(directory: string, guard: Guard): Promise<RedisSeat> {
  const port = await findFreePort();
  let server = await start();

  async function start(): Promise<ChildProcess> {
    await mkdir(directory, { recursive: true });
    const started = spawn('redis-server', redisFlags(port, directory), {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    if (started.pid !== undefined) guard.watch(started.pid);
    let isReady = false;
    for await (const line of createInterface({ input: started.stdout })) {
      isReady = line.includes('Ready to accept connections');
      if (isReady) break;
    }
    if (!isReady) throw new Error('redis-server ended before it was ready');
    started.stdout.resume();
    return started;
  }

  async function kill(): Promise<void> {
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
    if (server.pid !== undefined) guard.forget(server.pid);
  }

  return {
    port,
    killAndStart: async (data) => {
      await kill();
      if (data === 'lost') await rm(directory, { recursive: true, force: true });
      server = await start();
    },
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    stop: kill,
  };
}
