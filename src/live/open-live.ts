import { throttle } from '../async/throttle.ts';
import type { EventLog } from '../sessions/feed.ts';
import type { WakeFollowers } from '../sessions/wakes.ts';
import { openBus, type Transport, type TransportOptions } from './bus.ts';
import { createHub, type Hub } from './hub.ts';
import { openPostgresTransport } from './postgres-transport.ts';
import { openRedisTransport } from './redis-transport.ts';

export interface LiveSettings {
  readonly databaseUrl: string;
  readonly liveDatabaseUrl: string | null;
  /** Null: wakes go through the database. Of a cluster, the first node: it passes messages on to all. */
  readonly redisUrl: string | null;
}

export interface Live {
  readonly hub: Hub;
  readonly wake: WakeFollowers;
  readonly close: () => Promise<void>;
}

/** The part of a pino logger that is used here. */
export interface LiveLog {
  readonly warn: (details: object, message: string) => void;
}

const CHANNEL = 'session_engine_live';
/** The same error is logged once in this time. */
const SAME_ERROR_MS = 60_000;

/**
 * The hub of this process and its bus. `followers`: `heard` where this process has some; where they are `elsewhere` it
 * wakes those of the others and hears nothing.
 */
export async function openLive(
  { databaseUrl, liveDatabaseUrl, redisUrl }: LiveSettings,
  applicationName: string,
  marks: EventLog['marks'],
  followers: 'heard' | 'elsewhere',
  log: LiveLog,
): Promise<Live> {
  const hub = createHub({
    marks,
    onError: throttle(SAME_ERROR_MS, (error: unknown) =>
      log.warn({ err: error }, 'What is followed could not be compared with the database; it is tried again'),
    ),
  });
  const onError = throttle(SAME_ERROR_MS, (error: unknown) =>
    log.warn(
      { err: error },
      'The bus of the live events is away: followers hear of a change up to 12 s late',
    ),
  );
  const open = (
    onMessage: TransportOptions['onMessage'],
    onConnected: TransportOptions['onConnected'],
  ): Promise<Transport> => {
    const shared = { channel: CHANNEL, onMessage, onConnected, onError };
    return redisUrl === null
      ? openPostgresTransport({
          ...shared,
          url: liveDatabaseUrl ?? databaseUrl,
          applicationName: `${applicationName} live`,
          onDeaf: () =>
            log.warn(
              {},
              'LISTEN hears nothing, as behind a pooler in transaction mode: followers hear of a change up to 12 s late. Set LIVE_DATABASE_URL to the database itself',
            ),
        })
      : openRedisTransport({ ...shared, url: redisUrl.split(',')[0] ?? redisUrl });
  };
  const bus = await openBus(
    open,
    followers === 'heard' ? { onWakes: hub.wake, onConnected: hub.compareNow } : null,
  );
  return {
    hub,
    wake: bus.publish,
    close: async () => {
      await hub.close();
      await bus.close();
    },
  };
}
