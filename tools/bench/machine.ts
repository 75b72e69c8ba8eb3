import { statfs } from 'node:fs/promises';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { Redis } from 'ioredis';
import { type FsyncRate, measureFsyncRate } from './fsync-rate.ts';
import type { Rig } from './rig.ts';

/** What the figures were made on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly postgres: string;
  readonly redis: string;
  /** Of the file system in which PostgreSQL has its data. */
  readonly fsync: FsyncRate;
  /** The same, by the number that Linux gives to its kind, such as ext4. */
  readonly fileSystem: string;
}

const FSYNC_SECONDS = 2;

const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  0xef53: 'ext4',
  0x9123683e: 'btrfs',
  0x58465342: 'xfs',
  0x01021994: 'tmpfs',
  0x794c7630: 'overlayfs',
  0x2fc12fc1: 'zfs',
};

export async function describeMachine(rig: Rig): Promise<Machine> {
  const { type: kind } = await statfs(rig.dataDirectory);
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${type()} ${release()}`,
    node: process.version,
    postgres: await postgresVersion(rig),
    redis: await redisVersion(rig.redisUrl),
    fsync: await measureFsyncRate(rig.dataDirectory, FSYNC_SECONDS),
    fileSystem: FILE_SYSTEMS[kind] ?? `0x${kind.toString(16)}`,
  };
}

async function postgresVersion({ sql }: Rig): Promise<string> {
  const { rows } = await sql.query<{ server_version: string }>('SHOW server_version');
  return rows[0]?.server_version ?? 'unknown';
}

async function redisVersion(url: string): Promise<string> {
  const redis = new Redis(url);
  try {
    const [, version] = /redis_version:(\S+)/.exec(await redis.info('server')) ?? [];
    return version ?? 'unknown';
  } finally {
    await redis.quit();
  }
}
