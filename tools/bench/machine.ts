import { open, rm } from 'node:fs/promises';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { Machine } from './figures.ts';
import type { Rig } from './rig.ts';

const FSYNC_SECONDS = 2;
const PAGE = Buffer.alloc(8_192, 1);
const PAGES = 2_048;

/** What the figures are made on. */
export async function describeMachine(rig: Rig): Promise<Machine> {
  const redis = new Redis(rig.redisUrl);
  const [, redisVersion = 'unknown'] = /redis_version:(\S+)/.exec(await redis.info('server')) ?? [];
  await redis.quit();
  const { rows } = await rig.sql.query<{ server_version: string }>('SHOW server_version');
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${type()} ${release()}`,
    node: process.version,
    postgres: rows[0]?.server_version ?? 'unknown',
    redis: redisVersion,
    fsyncsPerSecond: await fsyncsPerSecond(rig.dataDirectory),
  };
}

/**
 * How often a second this disk takes a page for certain: 8 kB written and fdatasync'ed, one after the other, over a
 * file of 16 MB that is there already, as PostgreSQL does with its log.
 */
async function fsyncsPerSecond(directory: string): Promise<number> {
  const path = join(directory, 'bench-fsync');
  const file = await open(path, 'w');
  try {
    await file.write(Buffer.alloc(PAGES * PAGE.length));
    await file.sync();
    let done = 0;
    const start = performance.now();
    for (; performance.now() - start < FSYNC_SECONDS * 1000; done += 1) {
      await file.write(PAGE, 0, PAGE.length, (done % PAGES) * PAGE.length);
      await file.datasync();
    }
    return done / ((performance.now() - start) / 1000);
  } finally {
    await file.close();
    await rm(path);
  }
}
