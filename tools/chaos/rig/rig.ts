import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../../src/standalone/ports.ts';
import { migrate } from '../../../src/storage/migrate.ts';
import { readPostgres } from '../../kit/postgres-reader.ts';
import { startRedisServer, type RedisServer } from '../../kit/redis-server.ts';
import { openTcpProxy, throughProxy, type TcpProxy } from '../../kit/tcp-proxy.ts';
import { SECRET } from '../../kit/tokens.ts';
import { manageProcess, type ManagedProcess, type ProgramKind } from './managed-process.ts';
import { managePostgres, type ManagedPostgres } from './managed-postgres.ts';
import { openObserver, type Observer } from './observer.ts';
import { POLICY_SETTINGS } from './policy.ts';
import { readRedis } from './redis-reader.ts';

/** Everything that runs, and every handle by which it can be hurt. */
export interface Rig {
  readonly postgres: ManagedPostgres;
  readonly redis: RedisServer;
  readonly processes: readonly ManagedProcess[];
  readonly observer: Observer;
  /** Where the processes log. Kept when something was wrong. */
  readonly logDirectory: string;
  readonly close: (logs: 'keep' | 'remove') => Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;
const PROCESSES: readonly (readonly [string, ProgramKind])[] = [
  ['api-1', 'api'],
  ['api-2', 'api'],
  ['worker-1', 'worker'],
  ['worker-2', 'worker'],
];

/** `isPair`: PostgreSQL has a synchronous standby. Starts PostgreSQL, Redis, two APIs and two workers, each with its own way to each server. */
export async function openRig(isPair: boolean, say: (words: string) => void): Promise<Rig> {
  const logDirectory = await mkdtemp(join(tmpdir(), 'session-engine-chaos-logs-'));
  const undo: (() => Promise<void>)[] = [];
  const close = async (logs: 'keep' | 'remove'): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step();
    if (logs === 'remove') await rm(logDirectory, { recursive: true, force: true });
  };
  try {
    say('starting PostgreSQL and Redis');
    const proxies: TcpProxy[] = [];
    let observer: Observer | null = null;
    const postgres = await managePostgres(isPair, (port) => {
      for (const proxy of proxies) {
        proxy.setTarget(port);
        proxy.cut();
      }
      observer?.reconnect();
    });
    undo.push(() => postgres.stop());
    const redis = await startRedisServer();
    undo.push(() => redis.stop());
    say('making the tables');
    await migrate(postgres.url());
    const opened = openObserver(() => postgres.url());
    observer = opened;
    undo.push(() => opened.close());
    const processes = await Promise.all(
      PROCESSES.map(async ([name, kind]) => {
        const toPostgres = await openTcpProxy(postgres.port(), readPostgres);
        const toRedis = await openTcpProxy(redis.port, readRedis);
        proxies.push(toPostgres);
        const managed = manageProcess({
          name,
          kind,
          postgres: toPostgres,
          redis: toRedis,
          port: await findFreePort(),
          directory: logDirectory,
          settings: {
            ...POLICY_SETTINGS,
            NODE_ENV: 'production',
            HOST: '127.0.0.1',
            DATABASE_URL: throughProxy(postgres.url(), toPostgres),
            REDIS_URL: throughProxy(redis.url, toRedis),
            JWT_SECRET: SECRET,
            RATE_LIMIT_PER_MINUTE: '1000000',
            LOG_LEVEL: 'warn',
          },
        });
        undo.push(async () => {
          await managed.stop();
          await toPostgres.shut();
          await toRedis.shut();
        });
        return managed;
      }),
    );
    say('starting two APIs and two workers');
    await Promise.all(processes.map((managed) => managed.untilReady(READY_TIMEOUT_MS)));
    return { postgres, redis, processes, observer: opened, logDirectory, close };
  } catch (error) {
    await close('keep');
    throw error;
  }
}
