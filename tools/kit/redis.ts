import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { findFreePort } from '../../src/standalone/ports.ts';
import { startReaper } from '../../src/standalone/reaper.ts';
import { redisFlags } from './redis-flags.ts';
import { describeUnless, whyMissing } from './system-programs.ts';

const READY_TIMEOUT_MS = 15_000;

export interface TestRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A Redis server of the test's own: append-only, never evicting, on a free port of the loopback interface.
 * Where REDIS_URL is set, that server instead; then the data is shared and the caller keeps to names of its
 * own. Throws where there is no Redis.
 */
export async function startRedis(): Promise<TestRedis> {
  const url = process.env['REDIS_URL'];
  if (url !== undefined && url !== '') {
    return { url, stop: () => Promise.resolve() };
  }
  const missing = await whyNoRedis();
  if (missing !== null) {
    throw new Error(missing);
  }
  return spawnRedis();
}

/** Tests that need Redis. Await it at the top of the file. */
export async function describeWithRedis(name: string, body: () => void): Promise<void> {
  await describeUnless(await whyNoRedis(), name, body);
}

/** What stands in the way of startRedis; null where nothing does. */
async function whyNoRedis(): Promise<string | null> {
  if ((process.env['REDIS_URL'] ?? '') !== '') return null;
  const missing = await whyMissing('redis-server');
  return missing === null ? null : `${missing}, or set REDIS_URL`;
}

async function spawnRedis(): Promise<TestRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'session-engine-redis-'));
  const port = await findFreePort();
  const child = spawn('redis-server', redisFlags(port, directory), {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit');
  const callOff = child.pid === undefined ? undefined : startReaper(child.pid, [directory]);
  const stop = async (): Promise<void> => {
    callOff?.();
    child.kill('SIGKILL');
    await exited;
    await rm(directory, { recursive: true, force: true });
  };
  const url = `redis://127.0.0.1:${port}`;
  try {
    await untilReady(url);
  } catch (error) {
    await stop();
    throw error;
  }
  let stopping: Promise<void> | undefined;
  return { url, stop: () => (stopping ??= stop()) };
}

async function untilReady(url: string): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  client.on('error', () => {});
  try {
    for (;;) {
      try {
        await client.connect();
        await client.ping();
        return;
      } catch (error) {
        if (performance.now() > deadline) {
          throw error;
        }
        await delay(25);
      }
    }
  } finally {
    client.disconnect();
  }
}
