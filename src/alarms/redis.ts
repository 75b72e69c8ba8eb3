import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { sleep } from '../async/sleep.ts';
import { withTimeout } from '../async/timeout.ts';
import type { RedisFlaw } from '../watch/state.ts';
import { type ConnectionWatch, isConnectionError, QueueSetupError } from './errors.ts';
import type { Report } from './notices.ts';

export type RedisClient = Redis | Cluster;

/** Where a caller waits: no queueing while Redis is away, and no command without an end. */
export const FAIL_FAST: RedisOptions = {
  enableOfflineQueue: false,
  commandTimeout: 2_000,
  connectTimeout: 2_000,
  // A command whose answer the connection took with it is rejected at once, not sent again.
  maxRetriesPerRequest: 0,
};

/** For workers, as BullMQ wants it: they wait for ever for a server that is away. */
export const PATIENT: RedisOptions = { connectTimeout: 5_000, maxRetriesPerRequest: null };

/** 50 ms, then twice as long each time, up to 2 s; spread, so that not every process comes back at once. */
function retryDelayMs(attempt: number): number {
  const delayMs = Math.min(2_000, 50 * 2 ** Math.min(attempt, 10));
  return Math.round(delayMs * (0.75 + Math.random() / 2));
}

const nodesOf = (url: string): readonly string[] => url.split(',').map((node) => node.trim());

/** Opens one node, or a cluster where the URL names several nodes. Connects in the background, for ever. */
export function openRedis(url: string, kind: RedisOptions, watch: ConnectionWatch): RedisClient {
  const options: RedisOptions = {
    ...kind,
    keepAlive: 10_000,
    retryStrategy: retryDelayMs,
    // After a failover the old primary answers so: the address leads to the new one by now.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  };
  const nodes = nodesOf(url);
  const client =
    nodes.length > 1
      ? new Cluster([...nodes], {
          redisOptions: options,
          clusterRetryStrategy: retryDelayMs,
          enableOfflineQueue: kind.enableOfflineQueue ?? true,
        })
      : new Redis(url, options);
  // The reason comes first, as an error; the loss itself is the `close` that follows. A server that closes
  // the connection in good order gives no reason.
  client.on('error', (error: Error) => watch.lost(error));
  client.on('close', () => watch.lost(new Error('The server closed the connection')));
  client.on('ready', () => watch.works());
  return client;
}

/** Resolves when the server answers, or at the first sign or after 2 s that it does not. */
export async function readyOrAway(client: RedisClient): Promise<void> {
  let settle = (): void => {};
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
    client.once('ready', resolve).once('close', resolve);
  });
  await withTimeout(settled, 2_000, 'Redis is away').catch(() => {});
  client.off('ready', settle).off('close', settle);
}

const FLAWS: readonly (readonly [answer: RegExp, text: string])[] = [
  [
    /WRONGPASS|NOAUTH|invalid password|invalid username/i,
    'Redis refuses the user name or the password in it.',
  ],
  [/NOPERM/i, 'its user may not use this Redis: give it all commands on its keys.'],
  [
    /DB index|invalid DB/i,
    'Redis has no database of that number: take a lower one, or raise "databases" in Redis.',
  ],
  [/SELECT is not allowed in cluster/i, 'a cluster has only database 0: leave the number out.'],
];

/**
 * Asks once, on a connection of its own, whether Redis takes what REDIS_URL says: the client library would try a wrong
 * password for ever, and take database 0 for one that is not there. One that is away is another matter.
 * @throws QueueSetupError with a message that says what to change.
 */
export async function checkRedis(url: string): Promise<void> {
  const [node = url] = nodesOf(url);
  const number = Number(new URL(node).pathname.slice(1) || 0);
  const client = new Redis(node, {
    ...FAIL_FAST,
    db: 0,
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: null,
  });
  const errors: unknown[] = [];
  client.on('error', (error) => errors.push(error));
  try {
    await client.connect();
    await client.ping();
    if (number !== 0) await client.select(number);
  } catch (error) {
    errors.push(error);
  } finally {
    client.disconnect();
  }
  for (const error of errors)
    for (const [answer, text] of FLAWS)
      if (answer.test(String(error))) throw new QueueSetupError(`REDIS_URL cannot be used: ${text}`);
}

/**
 * Leaves the mark of this installation in Redis, or finds another's: two of them under one prefix would take each
 * other's alarms. @throws QueueSetupError where another's is there.
 */
export async function claimRedis(client: RedisClient, prefix: string, installation: string): Promise<void> {
  const key = `${prefix}:installation`;
  await client.set(key, installation, 'NX');
  const found = await client.get(key);
  if (found === null || found === installation) return;
  throw new QueueSetupError(
    `Another installation, with another database, keeps its alarms in this Redis under the prefix ${prefix}. ` +
      'Set REDIS_PREFIX to a name of its own, or REDIS_URL to another database number. ' +
      `If the other is no more, delete the key ${key}.`,
  );
}

const PULSE_EVERY_MS = 5_000;
const PULSE_TIMEOUT_MS = 2_000;

/**
 * A connection can stay open although nobody is at its other end: a firewall forgot it, a machine vanished.
 * The system notices after a quarter of an hour. This asks every few seconds and, where no answer comes,
 * connects again. BullMQ does the same for the connection on which a worker waits.
 */
export async function keepAlive(client: RedisClient, stopped: AbortSignal): Promise<void> {
  for (;;) {
    await sleep(PULSE_EVERY_MS, stopped);
    if (stopped.aborted) return;
    if (client.status === 'ready' && !(await answers(client)) && !stopped.aborted) client.disconnect(true);
  }
}

/** Whether the server answers, even with an error, before the time limit. */
async function answers(client: RedisClient): Promise<boolean> {
  try {
    await withTimeout(client.ping(), PULSE_TIMEOUT_MS, 'read timeout');
    return true;
  } catch (error) {
    return !isConnectionError(error);
  }
}

/**
 * Reports a Redis that may lose alarms by its configuration. It only warns: a lost alarm costs lateness,
 * never money. Never throws: a server that does not answer, or hides its INFO, is another notice's matter.
 */
export async function reportRiskySetup(client: RedisClient, report: Report): Promise<void> {
  try {
    for (const { text } of await redisFlaws(client)) report({ kind: 'queue_warning', text });
  } catch {
    // The connection's own notices tell what is wrong.
  }
}

/** What of the configuration may lose alarms, of any node. @throws where Redis is away. */
export async function redisFlaws(client: RedisClient): Promise<readonly RedisFlaw[]> {
  const nodes = client instanceof Cluster ? client.nodes('master') : [client];
  const infos = await Promise.all(nodes.map((node) => node.info()));
  const found = infos.flatMap((info) => riskySetup(info));
  return [...new Map(found.map((flaw) => [flaw.text, flaw])).values()];
}

/** What of one server's INFO text may lose alarms. A field that the server does not show is no flaw. */
export function riskySetup(info: string): readonly RedisFlaw[] {
  const flaws: RedisFlaw[] = [];
  const policy = field(info, 'maxmemory_policy');
  if (policy !== null && policy !== 'noeviction') {
    flaws.push({
      setting: 'maxmemory-policy',
      wanted: 'noeviction',
      found: policy,
      text:
        `Redis has maxmemory-policy "${policy}" and may throw alarms away when memory is short: ` +
        'set "maxmemory-policy noeviction".',
    });
  }
  if (field(info, 'aof_enabled') === '0') {
    flaws.push({
      setting: 'appendonly',
      wanted: 'yes',
      found: 'no',
      text:
        'Redis keeps no append-only file and forgets every alarm in a restart: ' +
        'set "appendonly yes" and "appendfsync everysec".',
    });
  }
  return flaws;
}

function field(info: string, name: string): string | null {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? null;
}
