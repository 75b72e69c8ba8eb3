import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { prepareDatabase } from '../../src/ops/prepare-database.ts';
import { findFreePort } from '../../src/standalone/ports.ts';
import { startTemporaryPostgres } from '../../src/standalone/postgres.ts';
import type { Member, ProcessGroup } from '../../src/standalone/process-group.ts';
import { POLICY_SETTINGS } from './policy.ts';
import { spawnService } from './spawn-service.ts';
import { untilReady } from './until-ready.ts';
import { createWorkerSeat } from './worker-seat.ts';

const PROJECT_DIR = join(import.meta.dirname, '../..');
const HOST = '127.0.0.1';
/** Nothing here outlives the demo, so nothing has to reach the disk. */
const FORGETFUL = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
/** What a process needs of its surroundings. The settings of a real installation are none of the demo's business. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'];

export interface Services {
  readonly baseUrl: string;
  /** Signs the tokens of everybody in the demo. */
  readonly secret: string;
  readonly worker: {
    /** Returns when it is ready. */
    readonly arrive: () => Promise<void>;
    /** Returns when it has gone. */
    readonly leave: () => Promise<void>;
  };
}

/** Starts the whole product on a database of its own. Everything that runs belongs to `group`, which stops it. */
export async function startServices(
  group: ProcessGroup,
  environment: NodeJS.ProcessEnv,
  halted: AbortSignal,
  progress: (words: string) => void,
): Promise<Services> {
  progress('starting a PostgreSQL of its own');
  const databaseUrl = await openDatabase(group);
  halted.throwIfAborted();
  progress('making the tables');
  // The alarms live on that database, too.
  await prepareDatabase(databaseUrl, false);
  halted.throwIfAborted();
  progress('starting the API and a worker');
  const [apiPort, workerPort] = [await findFreePort(), await findFreePort()];
  const secret = randomBytes(48).toString('base64url');
  const spawn = openSpawner(environment, {
    ...POLICY_SETTINGS,
    HOST,
    SHUTDOWN_DELAY_SECONDS: '0',
    PORT: String(apiPort),
    WORKER_PORT: String(workerPort),
    DATABASE_URL: databaseUrl,
    JWT_SECRET: secret,
  });
  const baseUrl = `http://${HOST}:${apiPort}`;
  group.add(spawn('the API', 'src/server.ts'));
  const seat = createWorkerSeat(() => spawn('the worker', 'workers/worker.ts'));
  group.add(seat.member);
  const arrive = async (): Promise<void> => {
    seat.arrive();
    await untilReady('the worker', `http://${HOST}:${workerPort}`, halted);
  };
  await Promise.all([untilReady('the API', baseUrl, halted), arrive()]);
  return { baseUrl, secret, worker: { arrive, leave: seat.leave } };
}

/** Spawns programs of the project under these settings. Their log is shown to whoever sets LOG_LEVEL. */
function openSpawner(surroundings: NodeJS.ProcessEnv, settings: Readonly<Record<string, string>>) {
  const { LOG_LEVEL: logLevel } = surroundings;
  const inherited = Object.fromEntries(INHERITED.map((name) => [name, surroundings[name]]));
  return (name: string, script: string): Member =>
    spawnService({
      name,
      script: join(PROJECT_DIR, script),
      environment: { ...inherited, ...settings, LOG_LEVEL: logLevel ?? 'silent' },
      isLogShown: logLevel !== undefined,
    });
}

async function openDatabase(group: ProcessGroup): Promise<string> {
  // What it would say names directories, which mean nothing here: they are gone at the end.
  const postgres = await startTemporaryPostgres({ log: () => {}, settings: FORGETFUL });
  group.add({
    name: 'PostgreSQL',
    ended: postgres.exited.then(() => 'nobody asked it to'),
    stop: () => postgres.stop(),
  });
  return postgres.url;
}
