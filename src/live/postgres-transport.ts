import { Client } from 'pg';
import { sleep } from '../async/sleep.ts';
import type { Transport } from './bus.ts';

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 2_000;
const SELF_TEST_MS = 5_000;
const SELF_TEST = 'self-test';

export interface PostgresTransportOptions {
  readonly url: string;
  readonly channel: string;
  readonly applicationName: string;
  readonly onMessage: ((payload: string) => void) | null;
  readonly onReconnected: () => void;
  readonly onError: (error: unknown) => void;
  readonly onDeaf: () => void;
}

/**
 * LISTEN and NOTIFY on one connection of its own, outside of every transaction: a NOTIFY inside one takes a lock that
 * all commits share. The connection is opened again for ever; `onDeaf` is called where a notification to itself does
 * not arrive, as behind a pooler in transaction mode.
 */
export async function openPostgresTransport(options: PostgresTransportOptions): Promise<Transport> {
  const { channel, onMessage, onReconnected, onError, onDeaf } = options;
  const closing = new AbortController();
  let current: Client | null = null;
  let hears: (() => void) | null = null;

  /** Keeps a connection open until it is closed. */
  async function stayConnected(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    let hasBeenConnected = false;
    while (!closing.signal.aborted) {
      try {
        const client = await connect(options, () => hears?.());
        const ended = new Promise<void>((resolve) => client.once('end', resolve));
        current = client;
        retryMs = FIRST_RETRY_MS;
        if (hasBeenConnected) onReconnected();
        else if (onMessage !== null) void testHearing(client);
        hasBeenConnected = true;
        await ended;
      } catch (error) {
        onError(error);
      }
      current = null;
      await sleep(retryMs, closing.signal);
      retryMs = Math.min(LAST_RETRY_MS, retryMs * 2);
    }
  }

  async function testHearing(client: Client): Promise<void> {
    const heard = new Promise<boolean>((resolve) => {
      hears = () => resolve(true);
    });
    await client.query('SELECT pg_notify($1, $2)', [channel, SELF_TEST]).catch(onError);
    const timeout = sleep(SELF_TEST_MS, closing.signal).then(() => closing.signal.aborted);
    if (!(await Promise.race([heard, timeout]))) onDeaf();
  }

  const connected = stayConnected();
  return {
    send: async (payload) => {
      if (current === null) throw new Error('the connection for notifications is away');
      await current.query('SELECT pg_notify($1, $2)', [channel, payload]);
    },
    close: async () => {
      closing.abort();
      await current?.end().catch(() => {});
      await connected;
    },
  };
}

async function connect(
  { url, channel, applicationName, onMessage, onError }: PostgresTransportOptions,
  onSelfTest: () => void,
): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: 3_000,
    query_timeout: 3_000,
    keepAlive: true,
  });
  client.on('error', onError);
  client.on('notification', ({ payload = '' }) => {
    if (payload === SELF_TEST) onSelfTest();
    else onMessage?.(payload);
  });
  try {
    await client.connect();
    if (onMessage !== null) await client.query(`LISTEN ${channel}`);
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
  return client;
}
