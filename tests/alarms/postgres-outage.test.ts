import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SessionId } from '../../src/billing/ids.ts';
import type { SettleOutcome } from '../../src/sessions/commands.ts';
import { createAlarmWorker } from '../../src/alarms/worker.ts';
import { createAlarms } from '../../src/alarms/producer.ts';
import { createInspectableQueues } from '../../src/alarms/board.ts';
import type { Notice } from '../../src/alarms/notices.ts';
import { prepareQueue } from '../../src/alarms/prepare-queue.ts';
import type { QueueSettings } from '../../src/alarms/queues.ts';
import { createEmptyDatabase, type TestDatabase } from '../../tools/kit/database.ts';
import { withServer } from '../../tools/kit/server.ts';
import { alarm, ended, storing } from './scripted-settle.ts';
import { openTcpProxy, portIn, type TcpProxy, throughProxy } from '../../tools/kit/tcp-proxy.ts';

const eventually = { timeout: 15_000, interval: 10 };

describe('an outage of PostgreSQL', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let settings: QueueSettings;
  let notices: Notice[];
  let settled: SessionId[];

  beforeEach(async () => {
    database = await createEmptyDatabase();
    proxy = await openTcpProxy(portIn(database.url));
    settings = { kind: 'postgres', url: throughProxy(database.url, proxy) };
    notices = [];
    settled = [];
  });
  afterEach(async () => {
    await proxy.shut();
    await database.drop();
  });

  const report = (notice: Notice): void => {
    if (notice.kind !== 'alarms_rearmed') notices.push(notice);
  };
  const settle = async (id: SessionId): Promise<SettleOutcome> => {
    settled.push(id);
    return ended();
  };
  const openWorker = () =>
    createAlarmWorker({
      queue: settings,
      settle,
      arm: () => Promise.resolve(),
      deadlines: storing(),
      audit: null,
      report,
      onStuck: () => {},
    });

  test('makes arming fail at once, and ends with the worker at work again', async () => {
    await prepareQueue(settings);
    const alarms = await createAlarms(settings, () => {});
    const inspection = await createInspectableQueues(settings, () => {});
    const worker = await openWorker();
    await alarms.arm([alarm(1, 0)]);
    await expect.poll(() => settled, eventually).toStrictEqual([1]);
    await alarms.arm([alarm(2, 1_000)]);

    await proxy.shut();
    const startMs = performance.now();
    await expect(alarms.arm([alarm(3, 0)])).rejects.toThrow();
    expect(performance.now() - startMs).toBeLessThan(5_000);
    expect(await inspection.ping(500)).toMatchObject({ kind: 'down' });
    await sleep(3_000);
    expect(notices.map(({ kind }) => kind)).toStrictEqual(['connection_lost']);
    await proxy.open();

    await expect.poll(() => settled, eventually).toStrictEqual([1, 2]);
    await alarms.arm([alarm(3, 0)]);
    await expect.poll(() => settled, eventually).toStrictEqual([1, 2, 3]);
    // A check that ended meanwhile could not say so: it is repeated, and may be told of as failed.
    const ofConnections = notices.map(({ kind }) => kind).filter((kind) => kind.startsWith('connection'));
    expect(ofConnections).toStrictEqual(['connection_lost', 'connection_restored']);
    await Promise.all([worker.close(), alarms.close(), inspection.close()]);
  });

  test('is nothing else than a server that became read-only, and ends when it can be written again', async () => {
    await prepareQueue(settings);
    const alarms = await createAlarms(settings, () => {});
    const worker = await openWorker();
    // A connection that was sent away may be tried once more before its end is heard.
    const arming = () => alarms.arm([alarm(1, 0)]).then(() => 'armed', String);
    await setReadOnly(database.url, true);
    await expect.poll(arming, eventually).toMatch(/read-only .*: let it lead to the primary/);
    await expect(createAlarms(settings, () => {})).rejects.toThrow(/let it lead to the primary/);
    await sleep(1_000);
    // A connection that was opened just before may work once more and be lost as well.
    expect(notices.filter(({ kind }) => !kind.startsWith('connection_'))).toStrictEqual([]);
    expect(notices.at(-1)?.kind).toBe('connection_lost');

    await setReadOnly(database.url, false);
    await expect.poll(arming, eventually).toBe('armed');
    await expect.poll(() => settled, eventually).toStrictEqual([1]);
    expect(notices.at(-1)?.kind).toBe('connection_restored');
    await Promise.all([worker.close(), alarms.close()]);
  });

  test('does not keep the worker on it from closing', async () => {
    await prepareQueue(settings);
    const worker = await openWorker();
    await proxy.shut();
    const startMs = performance.now();
    await worker.close();
    expect(performance.now() - startMs).toBeLessThan(10_000);
  });

  test('at the start is an error that says so, and so is a database that nobody prepared', async () => {
    await expect(createAlarms(settings, report)).rejects.toThrow(/migrat/i);
    await expect(openWorker()).rejects.toThrow(/migrat/i);
    await proxy.shut();
    await expect(createAlarms(settings, report)).rejects.toThrow('ECONNREFUSED');
    await expect(prepareQueue(settings)).rejects.toThrow('ECONNREFUSED');
  });

  test('does not matter to preparing the queue, which can be repeated, also at the same time', async () => {
    await Promise.all([prepareQueue(settings), prepareQueue(settings), prepareQueue(settings)]);
    await prepareQueue(settings);
    const alarms = await createAlarms(settings, () => {});
    await alarms.arm([alarm(1, 60_000)]);
    await alarms.close();
  });
});

/** Whoever connects from now on finds a server that refuses to write; all others are sent away. */
async function setReadOnly(url: string, isReadOnly: boolean): Promise<void> {
  await withServer(url, async (client) => {
    const name = new URL(url).pathname.slice(1);
    await client.query('SET default_transaction_read_only = off');
    await client.query(
      `ALTER DATABASE ${name} SET default_transaction_read_only = ${isReadOnly ? 'on' : 'off'}`,
    );
    await client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()',
      [name],
    );
  });
}
