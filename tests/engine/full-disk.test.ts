import { expect, test, vi } from 'vitest';
import { StoreUnavailable } from '../../src/sessions/store.ts';
import { sqlStateOf } from '../../src/storage/errors.ts';
import { migrate } from '../../src/storage/migrate.ts';
import { openPostgresServer } from '../../tools/kit/postgres-server.ts';
import { databaseUrl, withServer } from '../../tools/kit/server.ts';
import { openSmallDisk, whyNoSmallDisk } from '../../tools/kit/small-disk.ts';
import { describeUnless } from '../../tools/kit/describe.ts';
import { openProcess, said } from './clinic.ts';
import { expectAllIsWell } from './held-against.ts';
import { openWard } from './ward.ts';

/** Whole servers are made, filled and started again. */
vi.setConfig({ testTimeout: 180_000 });

const PATIENTS = 20;
/** Long enough for every page with room to be full. */
const MAX_GRANTS = 50_000;
const DISK_FULL = '53100';
/** Little log, so that the disk that holds it may be small. */
const LITTLE_LOG = { max_wal_size: '48MB', min_wal_size: '32MB' };

await describeUnless(await whyNoSmallDisk(), 'a full disk of PostgreSQL', () => {
  test('below the tables is reported as unavailable, what was acknowledged is there, and all goes on once there is room', async () => {
    const disk = await openSmallDisk(48);
    const server = await openPostgresServer();
    try {
      await migrate(databaseUrl(server.url, 'sessions'));
      await withServer(server.url, async (sql) => {
        await sql.query(`CREATE TABLESPACE small LOCATION '${disk.directory}'`);
        await sql.query('CREATE DATABASE small TEMPLATE sessions TABLESPACE small');
      });
      const url = databaseUrl(server.url, 'small');
      const ward = await openWard(url, PATIENTS);
      const engine = openProcess(url);
      await engine.book(1);
      await disk.fill();
      const error = await untilRefused((id) => engine.grant(id, 1));
      expect(error).toBeInstanceOf(StoreUnavailable);
      expect(sqlStateOf(error)).toBe(DISK_FULL);
      expect((await engine.status(1, 101)).kind, 'reading needs no room').toBe('not_started');
      await disk.free();
      await expectAllIsWell(ward, url);
      expect(said(await engine.grant(999_999, 1))).toBe('stored');
      await engine.close();
    } finally {
      await server.close();
      await disk.close();
    }
  });

  test('below the log stops the server, and nothing acknowledged is missing when it is started with room again', async () => {
    const disk = await openSmallDisk(192);
    const server = await openPostgresServer({ parent: disk.directory, settings: LITTLE_LOG });
    const url = databaseUrl(server.url, 'sessions');
    try {
      await migrate(url);
      const ward = await openWard(url, PATIENTS);
      await disk.fill();
      await untilRefused(() => withServer(url, (sql) => sql.query('SELECT pg_switch_wal()')));
      await disk.free();
      await server.stop();
      await server.start();
      await expectAllIsWell(ward, url);
    } finally {
      await server.close();
      await disk.close();
    }
  });
});

/** Does it again and again until it fails; gives why. */
async function untilRefused(act: (id: number) => Promise<unknown>): Promise<unknown> {
  for (let id = 1_000_000; id < 1_000_000 + MAX_GRANTS; id += 1)
    try {
      await act(id);
    } catch (error) {
      return error;
    }

  throw new Error('the disk was never full');
}
