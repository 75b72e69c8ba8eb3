import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openPostgresServer, type PostgresServer } from '../../kit/postgres-server.ts';
import { databaseUrl, withServer } from '../../kit/server.ts';

/** As durable as in production: every commit waits for the disk. */
const DURABLE = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '128MB',
  max_connections: '90',
  autovacuum_naptime: '5s',
} as const;
const STANDBY = 'standby';
const DATABASE = 'sessions';
const TIMEOUT_MS = 30_000;

/** The PostgreSQL of the run, which can be made to crash and to come back. */
export interface PostgresSeat {
  /** Where the product's database is now: elsewhere after a promotion. */
  url(): string;
  port(): number;
  /** `immediate`: no time for last words. `killed`: not even that. Returns once it has recovered. */
  restart(how: 'immediate' | 'killed'): Promise<void>;
  /** The primary is killed, its synchronous standby takes over. @throws where there is no standby. */
  promote(): Promise<void>;
  /** Stops the server that is alone now, copies it, and starts a pair again. */
  pairUp(): Promise<void>;
  stop(): Promise<void>;
}

interface Pair {
  readonly primary: PostgresServer;
  readonly standby: PostgresServer | null;
}

/** `parent` is the directory for all data. `isPair`: no commit is confirmed before a standby has it on its disk, too. */
export async function seatPostgres(
  parent: string,
  isPair: boolean,
  onMoved: (port: number) => void,
): Promise<PostgresSeat> {
  let pair: Pair = { primary: await openPostgresServer({ parent, settings: DURABLE }), standby: null };
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
      parent,
      copyOf: alone.cluster,
      settings: { ...DURABLE, synchronous_standby_names: `FIRST 1 (${STANDBY})` },
    });
    const standby = await openStandby(parent, alone.cluster, primary);
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
      await withServer(standby.url, (client) =>
        client.query('SELECT pg_promote(true, $1)', [TIMEOUT_MS / 1000]),
      );
      pair = { primary: standby, standby: null };
      moved();
      await primary.close();
    },
    pairUp,
    stop: stopAll,
  };
}

/** A copy of a server that is stopped, which follows the primary. Once promoted, it waits for nobody. */
function openStandby(parent: string, copyOf: string, primary: PostgresServer): Promise<PostgresServer> {
  const { hostname, port, username, password } = new URL(primary.url);
  return openPostgresServer({
    parent,
    copyOf,
    prepare: (cluster) => writeFile(join(cluster, 'standby.signal'), ''),
    settings: {
      ...DURABLE,
      synchronous_standby_names: '',
      primary_conninfo: `host=${hostname} port=${port} user=${username} password=${password} application_name=${STANDBY}`,
      wal_retrieve_retry_interval: '100ms',
    },
  });
}

async function untilSynchronous(url: string): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  await withServer(url, async (client) => {
    for (;;) {
      const { rowCount } = await client.query(`SELECT FROM pg_stat_replication WHERE sync_state = 'sync'`);
      if (rowCount !== 0) return;
      if (performance.now() > deadline) throw new Error('the standby does not follow its primary');
      await pause(50);
    }
  });
}
