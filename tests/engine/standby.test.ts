import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { StoreUnavailable } from '../../src/sessions/store.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { createAlarms } from '../../src/alarms/producer.ts';
import { createInspectableQueues } from '../../src/alarms/board.ts';
import { prepareQueue } from '../../src/alarms/prepare-queue.ts';
import { openPostgresPair, type PostgresPair } from '../../tools/kit/postgres-pair.ts';
import { withServer } from '../../tools/kit/server.ts';
import { openProcess, said } from './clinic.ts';
import { expectAllIsWell } from './held-against.ts';
import { openWard } from './ward.ts';

/** Pairs of whole servers are made. */
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const PATIENTS = 40;

describe('a primary with a synchronous standby', () => {
  let pair: PostgresPair;
  beforeAll(async () => {
    pair = await openPostgresPair();
  });
  afterAll(() => pair.close());

  test('acknowledges nothing that the standby has not, not even what a repeat finds done on the primary', async () => {
    const engine = openProcess(pair.url);
    await insist(() => engine.grant(1_000_001, 5, { patient: 1_000_001 }));
    await pair.standby.freeze();
    let isAcknowledged = false;
    const adjusting = insist(() => engine.adjust(1_000_001, 2, 'a key')).then((outcome) => {
      isAcknowledged = true;
      return outcome;
    });
    await withServer(pair.directUrls.primary, async (sql) => {
      // Committed here and not there. Ending its back end makes it visible, and makes the engine try again.
      await sql.query('SELECT pg_terminate_backend($1)', [await untilOneWaits(sql)]);
      await untilVisible(sql, 'a key');
      await untilOneWaits(sql);
    });
    expect(isAcknowledged).toBe(false);
    await pair.standby.thaw();
    expect(said(await adjusting)).toBe('recorded_before');
    await engine.close();
  });

  test('has a standby that is no database: nothing is read from it, it is not ready, and the message says what to do', async () => {
    const url = pair.directUrls.standby;
    const database = openDatabase({ url, maxConnections: 2, applicationName: 'test' });
    await expect(database.ping()).rejects.toThrow(/leads to a standby: let it lead to the primary/);
    await expect(database.store.read({})).rejects.toThrow(StoreUnavailable);
    await expect(database.console.find(1)).rejects.toThrow(StoreUnavailable);
    await expect(database.store.touch([])).rejects.toThrow(/leads to a standby/);
    await database.close();
  });

  test('has a standby that is no queue either, where the alarms are kept in PostgreSQL', async () => {
    await prepareQueue({ kind: 'postgres', url: pair.directUrls.primary });
    const queue = { kind: 'postgres', url: pair.directUrls.standby } as const;
    await expect(createAlarms(queue, () => {})).rejects.toThrow(
      /leads to a standby: let it lead to the primary/,
    );
    await expect(createInspectableQueues(queue, () => {})).rejects.toThrow(/leads to a standby/);
  });

  // The last one: after it the primary is gone.
  test('is killed under load and the standby promoted: nothing acknowledged is lost, nothing is doubled, and the engine goes on by itself', async () => {
    const ward = await openWard(pair.url, PATIENTS);
    const before = ward.acknowledged();
    await pair.killPrimary();
    await pair.promote();
    await expectAllIsWell(ward, pair.directUrls.standby);
    expect(ward.acknowledged()).toBeGreaterThan(before);
  });
});

describe('an old primary that was made read-only', () => {
  test('is left for the new one, though every connection of the pool still leads to it', async () => {
    const pair = await openPostgresPair();
    try {
      const ward = await openWard(pair.url, PATIENTS);
      await withServer(pair.directUrls.primary, async (sql) => {
        await sql.query('ALTER SYSTEM SET default_transaction_read_only = on');
        await sql.query('SELECT pg_reload_conf()');
      });
      pair.pointTo('standby', 'keep');
      await withServer(pair.directUrls.standby, (sql) => sql.query('SELECT pg_promote()'));
      await expectAllIsWell(ward, pair.directUrls.standby);
    } finally {
      await pair.close();
    }
  });
});

/** As an app does. */
async function insist<T>(command: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await command();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
}

/** The process id of a back end whose commit waits for the standby. */
async function untilOneWaits(sql: Client): Promise<number> {
  for (;;) {
    const { rows } = await sql.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name LIKE 'test%'`,
    );
    if (rows[0] !== undefined) return rows[0].pid;
  }
}

async function untilVisible(sql: Client, key: string): Promise<void> {
  for (;;) {
    const { rows } = await sql.query('SELECT FROM ledger_entries WHERE idempotency_key = $1', [key]);
    if (rows.length > 0) return;
  }
}
