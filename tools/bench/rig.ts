import { Client } from 'pg';
import { startTemporaryPostgres } from '../../src/standalone/postgres.ts';
import { prepareDatabase } from '../../src/ops/prepare-database.ts';
import { type Program, startProgram } from '../kit/product-program.ts';
import { startRedisServer } from '../kit/redis-server.ts';
import { SECRET } from '../kit/tokens.ts';
import type { MeasureSettings, Row } from './figures.ts';

/** What an experiment is measured on: a PostgreSQL and a Redis of its own. */
export interface Rig {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly sql: Client;
  readonly postgresPid: number;
  readonly redisPid: number;
  /** The directory in which PostgreSQL keeps its data. */
  readonly dataDirectory: string;
  /** Starts one of the product's programs, or one of ours, as production would. What still runs ends with the rig. */
  readonly start: (script: string, settings?: Readonly<Record<string, string>>) => Promise<Program>;
  readonly close: () => Promise<void>;
}

/** One experiment: gives its rows of the table. @throws where it fails, or a ledger is not exact. */
export type Measure = (
  rig: Rig,
  say: (line: string) => void,
  settings: MeasureSettings,
) => Promise<readonly Row[]>;

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
    const redis = await startRedisServer();
    closers.push(() => redis.stop());
    // Some experiments have the alarms on PostgreSQL.
    await prepareDatabase(postgres.url, null);
    const sql = new Client({ connectionString: postgres.url });
    // Where the server ends first, the next query says so.
    sql.on('error', () => {});
    await sql.connect();
    closers.push(() => sql.end());
    const settings = {
      NODE_ENV: 'production',
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      JWT_SECRET: SECRET,
      RATE_LIMIT_PER_MINUTE: '1000000',
    };
    return {
      databaseUrl: postgres.url,
      redisUrl: redis.url,
      sql,
      postgresPid: postgres.pid,
      redisPid: redis.pid(),
      dataDirectory: postgres.cluster,
      start: async (script, more = {}) => {
        // An experiment that was given up learns of it here.
        if (isClosed) throw new Error(`the rig is closed: ${script} is not started any more`);
        const program = await startProgram(script, { ...settings, ...more });
        closers.push(program.kill);
        return program;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
