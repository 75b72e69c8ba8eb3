import { prepareDatabase } from '../../src/ops/prepare-database.ts';
import { startTemporaryPostgres } from '../../src/standalone/postgres.ts';
import { findFreePort } from '../../src/standalone/ports.ts';
import { type Program, startProgram, untilReady } from '../kit/product-program.ts';
import { SECRET } from '../kit/tokens.ts';

/** The clock of the demo: ten minutes of the clinic are two seconds here. All scenarios share it. */
export const INTERVAL_SECONDS = 2;
/** Long enough that a silent doctor costs one interval first, so that something has to be given back. */
export const DOCTOR_RESPONSE_SECONDS = 3;

/** The settings under which API and worker run. What is not named here has its default. */
export const POLICY_SETTINGS = {
  SESSION_INTERVAL_SECONDS: String(INTERVAL_SECONDS),
  SESSION_DOCTOR_RESPONSE_SECONDS: String(DOCTOR_RESPONSE_SECONDS),
} as const;

/** Nothing here outlives the demo, so nothing has to reach the disk. */
const FORGETFUL = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
const END_WITH_PARENT = new URL('../../src/standalone/end-with-parent.ts', import.meta.url).href;

/** The whole product, on a database of its own. */
export interface Services {
  readonly apiPort: number;
  readonly startWorker: () => Promise<void>;
  /** Resolves when the worker has finished what it had in flight and has gone. */
  readonly stopWorker: () => Promise<void>;
  /** Stops everything and removes the data. Safe to repeat. */
  readonly close: () => Promise<void>;
}

/** `onCrash`: one of the processes has ended by itself. @throws where it cannot be started, or is halted. */
export async function startServices(
  halted: AbortSignal,
  progress: (words: string) => void,
  onCrash: (who: string) => void,
): Promise<Services> {
  const closers: (() => Promise<unknown>)[] = [];
  let isClosing = false;
  const close = async (): Promise<void> => {
    isClosing = true;
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  const watch = (name: string, ended: Promise<unknown>, isAsked: () => boolean = () => false): void => {
    void ended.finally(() => {
      if (!isClosing && !isAsked()) onCrash(name);
    });
  };
  try {
    progress('starting a PostgreSQL of its own');
    const postgres = await startTemporaryPostgres({ log: () => {}, settings: FORGETFUL });
    closers.push(() => postgres.stop());
    watch('PostgreSQL', postgres.exited);
    halted.throwIfAborted();
    progress('making the tables');
    // The alarms are on that database, too.
    await prepareDatabase(postgres.url, null);
    halted.throwIfAborted();
    progress('starting the API and a worker');
    const { LOG_LEVEL = 'silent' } = process.env;
    const start = async (script: string): Promise<Program> => {
      const settings = {
        ...POLICY_SETTINGS,
        HOST: '127.0.0.1',
        DATABASE_URL: postgres.url,
        JWT_SECRET: SECRET,
      };
      return startProgram(
        script,
        { ...settings, LOG_LEVEL },
        { nodeArguments: ['--import', END_WITH_PARENT], port: await findFreePort() },
      );
    };
    const api = await start('src/server.ts');
    closers.push(() => api.stop());
    watch('the API', api.ended);
    let worker: Program | null = null;
    const stopWorker = async (): Promise<void> => {
      const leaving = worker;
      worker = null;
      await leaving?.stop();
    };
    const startWorker = async (): Promise<void> => {
      const started = await start('workers/worker.ts');
      worker = started;
      watch('the worker', started.ended, () => worker !== started);
      await untilReady(started);
    };
    closers.push(stopWorker);
    await Promise.all([untilReady(api), startWorker()]);
    return { apiPort: api.port, startWorker, stopWorker, close };
  } catch (error) {
    await close();
    throw error;
  }
}
