import { openPostgresServer, type PostgresServer } from '../../kit/postgres-server.ts';
import { becomePrimary, openStandbyOf, SYNCHRONOUS, untilSynchronous } from '../../kit/postgres-pair.ts';
import { databaseUrl } from '../../kit/server.ts';

/** As durable as in production: every commit waits for the disk. */
const DURABLE = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '128MB',
  max_connections: '90',
  autovacuum_naptime: '5s',
} as const;
const DATABASE = 'sessions';

/** The PostgreSQL of the run, which can be made to crash and to come back. */
export interface ManagedPostgres {
  /** Where the product's database is now: elsewhere after a promotion. */
  readonly url: () => string;
  readonly port: () => number;
  /** `immediate`: no checkpoint. `killed`: SIGKILL. Resolves once it has recovered. */
  readonly restart: (how: 'immediate' | 'killed') => Promise<void>;
  /** The primary is killed, its synchronous standby takes over. @throws where there is no standby. */
  readonly promote: () => Promise<void>;
  /** Stops the server that is alone now, copies it, and starts a pair again. */
  readonly pairUp: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface Pair {
  readonly primary: PostgresServer;
  readonly standby: PostgresServer | null;
}

/** `isPair`: no commit is confirmed before a standby has it on its disk, too. */
export async function managePostgres(
  isPair: boolean,
  onMoved: (port: number) => void,
): Promise<ManagedPostgres> {
  let pair: Pair = { primary: await openPostgresServer({ settings: DURABLE }), standby: null };
  const moved = (): void => onMoved(pair.primary.port);
  const stopAll = async (): Promise<void> => {
    for (const server of [pair.standby, pair.primary]) {
      // At once, whatever its back ends are doing: nobody needs the data any more.
      await server?.stopImmediately();
      await server?.close();
    }
  };

  async function pairUp(): Promise<void> {
    const alone = pair.primary;
    await alone.stop();
    const primary = await openPostgresServer({
      copyOf: alone.cluster,
      settings: { ...DURABLE, synchronous_standby_names: SYNCHRONOUS },
    });
    const standby = await openStandbyOf(alone.cluster, primary.url, DURABLE);
    pair = { primary, standby };
    await untilSynchronous(primary.url);
    moved();
    await alone.close();
  }

  try {
    if (isPair) await pairUp();
  } catch (error) {
    await stopAll();
    throw error;
  }
  return {
    url: () => databaseUrl(pair.primary.url, DATABASE),
    port: () => pair.primary.port,
    restart: async (how) => {
      await (how === 'immediate' ? pair.primary.stopImmediately() : pair.primary.kill());
      await pair.primary.start();
      moved();
    },
    promote: async () => {
      const { primary, standby } = pair;
      if (standby === null) throw new Error('there is no standby: it is there where the fault was chosen');
      await primary.kill();
      await becomePrimary(standby.url);
      pair = { primary: standby, standby: null };
      moved();
      await primary.close();
    },
    pairUp,
    stop: stopAll,
  };
}
