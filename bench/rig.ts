import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { startThrowAwayPostgres } from '../src/embedded/throw-away.ts';
import { migrate } from '../src/storage/migrate.ts';
import { type Program, startProgram } from '../tests/harness/product-program.ts';
import { startRedis } from '../tests/harness/redis.ts';
import { installMissingPrograms } from '../tests/harness/system-programs.ts';

/** What everything of one run is measured on: one PostgreSQL, one Redis, one secret. */
export interface Rig {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly secret: string;
  readonly sql: Client;
  readonly postgresPid: number;
  /** Starts one of the product's programs, or one of ours, as production would. */
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
  await installMissingPrograms();
  const postgres = await startThrowAwayPostgres({ log: () => {}, settings: DURABLE });
  const redis = await startRedis();
  await migrate(postgres.url);
  const sql = new Client({ connectionString: postgres.url });
  await sql.connect();
  const secret = randomBytes(48).toString('base64url');
  return {
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    secret,
    sql,
    postgresPid: postgres.pid,
    start: (script, settings = {}) =>
      startProgram(script, {
        NODE_ENV: 'production',
        DATABASE_URL: postgres.url,
        REDIS_URL: redis.url,
        JWT_SECRET: secret,
        RATE_LIMIT_PER_MINUTE: '1000000',
        ...settings,
      }),
    close: async () => {
      await sql.end();
      await redis.stop();
      await postgres.stop();
    },
  };
}
