import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../../src/standalone/ports.ts';
import { migrate } from '../../../src/storage/migrate.ts';
import { readPostgres } from '../../kit/postgres-reader.ts';
import { readRedis } from './redis-reader.ts';
import { openTcpProxy, type TcpProxy } from '../../kit/tcp-proxy.ts';
import { type Guard, postGuard } from './guard.ts';
import { openObserver, type Observer } from './observer.ts';
import { POLICY_SETTINGS } from './policy.ts';
import { seatPostgres, type PostgresSeat } from './postgres-seat.ts';
import { type ProgramKind, type ProgramSeat, takeSeat } from './program-seat.ts';
import { seatRedis, type RedisSeat } from './redis-seat.ts';

/** Everything that runs, and every handle by which it can be hurt. */
export interface Rig {
  readonly postgres: PostgresSeat;
  readonly redis: RedisSeat;
  readonly seats: readonly ProgramSeat[];
  readonly observer: Observer;
  /** For whatever must not stay as it is when the runner is gone. */
  readonly guard: Guard;
  /** Signs everybody's tokens. */
  readonly secret: string;
  /** Past every proxy. */
  readonly redisUrl: string;
  /** Where the processes log. Kept when something was wrong. */
  readonly logDirectory: string;
  readonly close: (logs: 'keep' | 'remove') => Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;
const SEATS: readonly (readonly [string, ProgramKind])[] = [
  ['api-1', 'api'],
  ['api-2', 'api'],
  ['worker-1', 'worker'],
  ['worker-2', 'worker'],
];
/** What a process needs of its surroundings. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG'];

/** `isPair`: PostgreSQL has a synchronous standby. Starts PostgreSQL, Redis, two APIs and two workers, each with its own way to each server. */
export async function openRig(isPair: boolean, say: (words: string) => void): Promise<Rig> {
  const directory = await mkdtemp(join(tmpdir(), 'session-engine-chaos-'));
  const logDirectory = await mkdtemp(join(tmpdir(), 'session-engine-chaos-logs-'));
  // Where root runs this, another user runs PostgreSQL and must pass through.
  await chmod(directory, 0o711);
  const guard = postGuard(directory);
  const undo: (() => Promise<void>)[] = [];
  const close = async (logs: 'keep' | 'remove'): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step();
    guard.close();
    await rm(directory, { recursive: true, force: true });
    if (logs === 'remove') await rm(logDirectory, { recursive: true, force: true });
  };
  try {
    say('starting PostgreSQL and Redis');
    const proxies: TcpProxy[] = [];
    let observer: Observer | null = null;
    const postgres = await seatPostgres(directory, isPair, (port) => {
      for (const proxy of proxies) {
        proxy.setTarget(port);
        proxy.cut();
      }
      observer?.reconnect();
    });
    undo.push(() => postgres.stop());
    const redis = await seatRedis(join(directory, 'redis'), guard);
    undo.push(() => redis.stop());
    say('making the tables');
    await migrate(postgres.url());
    const opened = openObserver(() => postgres.url());
    observer = opened;
    undo.push(() => opened.close());
    const secret = randomBytes(48).toString('base64url');
    await mkdir(join(directory, 'seats'));
    const seats = await Promise.all(
      SEATS.map(async ([name, kind]) => {
        const toPostgres = await openTcpProxy(postgres.port(), readPostgres);
        const toRedis = await openTcpProxy(redis.port, readRedis);
        proxies.push(toPostgres);
        const seat = takeSeat({
          name,
          kind,
          guard,
          postgres: toPostgres,
          redis: toRedis,
          port: await findFreePort(),
          directory: join(directory, 'seats'),
          logFile: join(logDirectory, `${name}.log`),
          environment: environmentOf(postgres.url(), toPostgres, toRedis, secret),
        });
        undo.push(async () => {
          await seat.stop();
          await toPostgres.close();
          await toRedis.close();
        });
        return seat;
      }),
    );
    say('starting two APIs and two workers');
    await Promise.all(seats.map((seat) => seat.untilReady(READY_TIMEOUT_MS)));
    const redisUrl = `redis://127.0.0.1:${redis.port}`;
    return { guard, postgres, redis, seats, observer: opened, secret, redisUrl, logDirectory, close };
  } catch (error) {
    await close('keep');
    throw error;
  }
}

function environmentOf(
  databaseUrl: string,
  postgres: TcpProxy,
  redis: TcpProxy,
  secret: string,
): Readonly<Record<string, string>> {
  const url = new URL(databaseUrl);
  url.port = String(postgres.port);
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(inherited),
    ...POLICY_SETTINGS,
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    DATABASE_URL: url.href,
    REDIS_URL: `redis://127.0.0.1:${redis.port}`,
    JWT_SECRET: secret,
    RATE_LIMIT_PER_MINUTE: '1000000',
    LOG_LEVEL: 'warn',
  };
}
