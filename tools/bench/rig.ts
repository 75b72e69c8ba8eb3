import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { startTemporaryPostgres } from '../../src/standalone/postgres.ts';
import { migrate } from '../../src/storage/migrate.ts';
import { type Program, startProgram } from '../kit/product-program.ts';
import { startRedis } from '../kit/redis.ts';

/** What an experiment is measured on: one PostgreSQL, one Redis, one secret, all its own. */
export interface Rig {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly secret: string;
  readonly sql: Client;
  readonly postgresPid: number;
  readonly redisPid: number;
  /** The directory in which PostgreSQL keeps its data. */
  readonly dataDirectory: string;
  /** Forgets every job. */
  readonly emptyRedis: () => Promise<void>;
  /** Starts one of the product's programs, or one of ours, as production would. What still runs ends with the rig. */
  readonly start: (script: string, settings?: Readonly<Record<string, string>>) => Promise<Program>;
  readonly close: () => Promise<void>;
}

/** As durable as in production: every commit waits for the disk. */
const DURABLE = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '256MB',
  max_connections: '200',
  autovacuum_naptime: '5s',
};

export async function openRig(): Promise<Rig> {
  const closers: (() => Promise<unknown>)[] = [];
  let isClosed = false;
  const close = async (): Promise<void> => {
    isClosed = true;
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  try {
    const postgres = await startTemporaryPostgres({ log: () => {}, settings: DURABLE });
    closers.push(() => postgres.stop());
    const redis = await startRedis();
    closers.push(() => redis.stop());
    await migrate(postgres.url);
    const sql = new Client({ connectionString: postgres.url });
    // Where the server ends first, the next query says so.
    sql.on('error', () => {});
    await sql.connect();
    closers.push(() => sql.end());
    const redisPid = await pidOf(redis.url);
    const secret = randomBytes(48).toString('base64url');
    const settings = {
      NODE_ENV: 'production',
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      JWT_SECRET: secret,
      RATE_LIMIT_PER_MINUTE: '1000000',
    };
    return {
      databaseUrl: postgres.url,
      redisUrl: redis.url,
      secret,
      sql,
      postgresPid: postgres.pid,
      redisPid,
      dataDirectory: postgres.cluster,
      emptyRedis: () => withRedis(redis.url, async (client) => void (await client.flushall())),
      start: async (script, more = {}) => {
        // An experiment that was given up learns of it here.
        if (isClosed) throw new Error(`the rig is closed: ${script} is not started any more`);
        const program = await startProgram(script, { ...settings, ...more });
        closers.push(() => endStillRunning(program));
        return program;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function endStillRunning({ child, kill }: Program): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await kill();
}

async function pidOf(url: string): Promise<number> {
  const [, pid] = /process_id:(\d+)/.exec(await withRedis(url, (redis) => redis.info('server'))) ?? [];
  return Number(pid);
}

async function withRedis<Result>(url: string, use: (redis: Redis) => Promise<Result>): Promise<Result> {
  const redis = new Redis(url);
  try {
    return await use(redis);
  } finally {
    await redis.quit();
  }
}
