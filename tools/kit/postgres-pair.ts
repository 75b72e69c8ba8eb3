import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { migrate } from '../../src/storage/migrate.ts';
import { openPostgresServer, type PostgresServer } from './postgres-server.ts';
import { databaseUrl, withServer } from './server.ts';
import { openTcpProxy, throughProxy } from './tcp-proxy.ts';

const STANDBY = 'standby';
/** The setting `synchronous_standby_names` of a primary that waits for its one standby. */
export const SYNCHRONOUS = `FIRST 1 (${STANDBY})`;
const DATABASE = 'sessions';
const TIMEOUT_MS = 30_000;
const POLL_MS = 20;

type Which = 'primary' | 'standby';

/**
 * A primary and its synchronous standby, two servers on the loopback interface with the product's tables, and before
 * them the one address that the product knows. No commit is confirmed before the standby has written it down
 * (`synchronous_commit = on`: money is read from the primary alone, so nobody waits until the standby shows it).
 */
export interface PostgresPair {
  /** The product's DATABASE_URL: the address, which points to the primary at first and follows `promote`. */
  readonly url: string;
  /** The product's database on either server, without the address in between. */
  readonly directUrls: Readonly<Record<Which, string>>;
  readonly primary: Pick<PostgresServer, 'freeze' | 'thaw'>;
  readonly standby: Pick<PostgresServer, 'freeze' | 'thaw' | 'stop' | 'start'>;
  /** SIGKILL to all processes of the primary, as if its machine had lost its power. */
  readonly killPrimary: () => Promise<void>;
  /** Makes the standby a primary, waits until it can be written, and points the address to it. */
  readonly promote: () => Promise<{ readonly tookMs: number }>;
  /** Where the address points from now on. Connections that are open are reset, or else stay where they are. */
  readonly pointTo: (which: Which, open?: 'reset' | 'keep') => void;
  /** Waits until the primary counts its standby as synchronous. @throws after 30 s. */
  readonly untilSynchronous: () => Promise<void>;
  /** Ends both servers, and removes their data. */
  readonly close: () => Promise<void>;
}

/** @param settings of both servers, by their PostgreSQL names */
export async function openPostgresPair(
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresPair> {
  const primary = await openPostgresServer({ settings });
  const standby = await openStandby(primary, settings);
  const directUrls = {
    primary: databaseUrl(primary.url, DATABASE),
    standby: databaseUrl(standby.url, DATABASE),
  };
  const address = await openTcpProxy(primary.port);
  const pointTo = (port: number, open: 'reset' | 'keep'): void => {
    address.setTarget(port);
    if (open === 'reset') address.cut();
  };
  const pair: PostgresPair = {
    url: throughProxy(directUrls.primary, address),
    directUrls,
    primary,
    standby,
    killPrimary: primary.kill,
    promote: async () => {
      const startedAt = performance.now();
      await becomePrimary(directUrls.standby);
      pointTo(standby.port, 'reset');
      return { tookMs: performance.now() - startedAt };
    },
    pointTo: (which, open = 'reset') => pointTo(which === 'primary' ? primary.port : standby.port, open),
    untilSynchronous: () => untilSynchronous(primary.url),
    close: async () => {
      await address.shut();
      await Promise.all([primary.close(), standby.close()]);
    },
  };
  try {
    await pair.untilSynchronous();
    return pair;
  } catch (error) {
    await pair.close();
    throw error;
  }
}

/** Migrates the primary, copies it while it is stopped, and starts both: from here on nothing is committed alone. */
async function openStandby(
  primary: PostgresServer,
  settings: Readonly<Record<string, string>>,
): Promise<PostgresServer> {
  await migrate(databaseUrl(primary.url, DATABASE));
  await withServer(primary.url, async (client) => {
    await client.query(`ALTER SYSTEM SET synchronous_standby_names = '${SYNCHRONOUS}'`);
    await client.query(`ALTER SYSTEM SET synchronous_commit = 'on'`);
  });
  await primary.stop();
  const standby = await openStandbyOf(primary.cluster, primary.url, settings);
  await primary.start();
  return standby;
}

/** A server on a copy of these data, which follows the primary. Once promoted, it waits for no other. */
export function openStandbyOf(
  cluster: string,
  primaryUrl: string,
  settings: Readonly<Record<string, string>>,
): Promise<PostgresServer> {
  const { hostname, port, username, password } = new URL(primaryUrl);
  return openPostgresServer({
    copyOf: cluster,
    prepare: (copy) => writeFile(join(copy, 'standby.signal'), ''),
    settings: {
      ...settings,
      synchronous_standby_names: '',
      primary_conninfo: `host=${hostname} port=${port} user=${username} password=${password} application_name=${STANDBY}`,
      wal_retrieve_retry_interval: '100ms',
    },
  });
}

/** pg_promote answers when the server has left recovery, and so can be written. */
export async function becomePrimary(url: string): Promise<void> {
  const isPromoted = await withServer(url, async (client) => {
    const { rows } = await client.query<{ pg_promote: boolean }>('SELECT pg_promote(true, $1)', [
      TIMEOUT_MS / 1000,
    ]);
    return rows[0]?.pg_promote;
  });
  if (isPromoted !== true) throw new Error(`the standby was not promoted within ${TIMEOUT_MS} ms`);
}

/** Waits until the primary counts its standby as synchronous. @throws after 30 s. */
export async function untilSynchronous(url: string): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  await withServer(url, async (client) => {
    for (;;) {
      const { rows } = await client.query(
        `SELECT FROM pg_stat_replication WHERE application_name = $1 AND sync_state = 'sync'`,
        [STANDBY],
      );
      if (rows.length > 0) return;
      if (performance.now() > deadline) throw new Error(`no synchronous standby within ${TIMEOUT_MS} ms`);
      await pause(POLL_MS);
    }
  });
}
