import { Socket } from 'node:net';
import { Client } from 'pg';
import { sleep } from '../async/sleep.ts';
import {
  ANSWER_TIMEOUT_MS,
  MAX_RETRY_MS,
  PULSE_EVERY_MS,
  type Transport,
  type TransportOptions,
} from './bus.ts';

const FIRST_RETRY_MS = 200;
const SELF_TEST_MS = 5_000;
const SELF_TEST = 'self-test';

export interface PostgresTransportOptions extends TransportOptions {
  readonly applicationName: string;
  /** Called where a notification to itself does not arrive, as behind a pooler in transaction mode. */
  readonly onDeaf: () => void;
}

/**
 * LISTEN and NOTIFY on one connection of its own, outside of every transaction: a NOTIFY inside one takes a lock that
 * all commits share. It is opened again also where it is open and the server does not answer.
 */
export async function openPostgresTransport(options: PostgresTransportOptions): Promise<Transport> {
  const { channel, onMessage, onConnected, onError, onDeaf } = options;
  const closing = new AbortController();
  let current: Connection | null = null;
  let isTested = onMessage === null;
  let hears = (): void => {};

  async function stayConnected(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!closing.signal.aborted) {
      const connection = openConnection(options, () => hears());
      try {
        await connection.open();
        if (onMessage !== null) await connection.ask(`LISTEN ${channel}`);
        current = connection;
        retryMs = FIRST_RETRY_MS;
        onConnected();
        if (!isTested) void testHearing(connection);
        isTested = true;
        await untilLost(connection, AbortSignal.any([closing.signal, connection.lost]));
      } catch (error) {
        if (!closing.signal.aborted) onError(error);
      }
      current = null;
      await connection.end();
      await sleep(retryMs, closing.signal);
      retryMs = Math.min(MAX_RETRY_MS, retryMs * 2);
    }
  }

  async function testHearing({ ask }: Connection): Promise<void> {
    const heard = new Promise<boolean>((resolve) => {
      hears = () => resolve(true);
    });
    await ask('SELECT pg_notify($1, $2)', [channel, SELF_TEST]).catch(onError);
    const timeout = sleep(SELF_TEST_MS, closing.signal).then(() => closing.signal.aborted);
    if (!(await Promise.race([heard, timeout]))) onDeaf();
  }

  const connected = stayConnected();
  return {
    send: async (payload) => {
      if (current === null) throw new Error('the connection for notifications is away');
      await current.ask('SELECT pg_notify($1, $2)', [channel, payload]);
    },
    close: async () => {
      closing.abort();
      await connected;
    },
  };
}

/** @throws where the server does not answer in time. */
async function untilLost({ ask }: Connection, lost: AbortSignal): Promise<void> {
  for (;;) {
    await sleep(PULSE_EVERY_MS, lost);
    if (lost.aborted) return;
    await ask('SELECT 1');
  }
}

interface Connection {
  readonly open: () => Promise<void>;
  /** One after the other. @throws where the server does not answer in time; then the connection is lost. */
  readonly ask: (sql: string, values?: readonly string[]) => Promise<void>;
  readonly lost: AbortSignal;
  /** Says goodbye, and does not wait long for an answer. */
  readonly end: () => Promise<void>;
}

function openConnection(
  { url, applicationName, onMessage, onError }: PostgresTransportOptions,
  onSelfTest: () => void,
): Connection {
  const socket = new Socket();
  const lost = new AbortController();
  const client = new Client({
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: ANSWER_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    stream: () => socket,
  });
  client.on('error', onError);
  client.on('end', () => lost.abort());
  client.on('notification', ({ payload = '' }) => {
    if (payload === SELF_TEST) onSelfTest();
    else onMessage?.(payload);
  });
  let answered: Promise<unknown> = Promise.resolve();
  return {
    open: async () => {
      await client.connect();
    },
    ask: async (sql, values = []) => {
      const asked = answered.then(() => client.query(sql, [...values]));
      answered = asked.catch(() => lost.abort());
      await asked;
    },
    lost: lost.signal,
    end: async () => {
      if (!lost.signal.aborted) {
        client.end().catch(() => {});
        await sleep(ANSWER_TIMEOUT_MS, lost.signal);
      }
      socket.destroy();
    },
  };
}
