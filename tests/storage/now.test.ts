import { afterEach, beforeEach, expect, test } from 'vitest';
import { randomUUID } from 'node:crypto';
import { seeProcess } from '../../src/storage/sql/processes.ts';
import type { ThisProcess } from '../../src/watch/presence.ts';
import { type Clinic, DOCTOR, MINUTE, NINE, openClinic, PATIENT } from '../engine/clinic.ts';

/** A PostgreSQL whose clock the test moves. */
let clinic: Clinic;
beforeEach(async () => {
  clinic = await openClinic();
});
afterEach(() => clinic.close());

const SECOND = 1 / 60;
const process = (kind: ThisProcess['kind'], more: Partial<ThisProcess> = {}): ThisProcess => ({
  id: randomUUID(),
  kind,
  host: 'clinic-1',
  pid: 4711,
  version: '1.0.0',
  ...more,
});
const state = () => clinic.database.state();
const living = async () => (await state()).processes.map(({ id }) => id);

test('a process is there from its first heartbeat on, says since when it runs, and is dead 6 s after its last', async () => {
  const { processes } = clinic.database;
  const api = process('api');
  const worker = process('worker', { version: '1.1.0' });
  await processes.see(api, 90_000);
  await processes.see(worker, 0);
  expect((await state()).processes).toStrictEqual([
    { ...api, startedAt: NINE - 90_000, seenAt: NINE },
    { ...worker, startedAt: NINE, seenAt: NINE },
  ]);

  await clinic.at(2 * SECOND);
  await processes.see(api, 92_000);
  expect((await state()).processes).toMatchObject([
    { id: api.id, startedAt: NINE - 90_000, seenAt: NINE + 2_000 },
    { id: worker.id, seenAt: NINE },
  ]);
  await clinic.at(6 * SECOND);
  expect(await living()).toStrictEqual([api.id]);
  expect((await state()).workerSeenAt).toBe(NINE);
});

test('a process that has stopped is not there any more, at once, and its row says when', async () => {
  const { processes } = clinic.database;
  const worker = process('worker');
  await processes.see(worker, 0);
  await clinic.at(1 * SECOND);
  await processes.stop(worker.id);
  expect(await living()).toStrictEqual([]);
  const { rows } = await clinic.sql.query(
    'SELECT epoch_ms(stopped_at)::float8 AS stopped, epoch_ms(seen_at)::float8 AS seen FROM processes',
  );
  expect(rows).toStrictEqual([{ stopped: NINE + 1_000, seen: NINE }]);
});

test('the heartbeat of a process never goes back in time, whatever the clock does', async () => {
  const { processes } = clinic.database;
  const worker = process('worker');
  await clinic.at(5);
  await processes.see(worker, 0);
  await clinic.at(1);
  await processes.see(worker, 1_000);
  await processes.stop(worker.id);
  const { rows } = await clinic.sql.query(
    'SELECT epoch_ms(seen_at)::float8 AS seen, epoch_ms(stopped_at)::float8 AS stopped FROM processes',
  );
  expect(rows).toStrictEqual([{ seen: NINE + 5 * MINUTE, stopped: NINE + 5 * MINUTE }]);
});

test('processes that were last seen more than 90 days ago are removed, and no others', async () => {
  const { processes } = clinic.database;
  const [old, recent] = [process('worker'), process('worker')];
  await processes.see(old, 0);
  await clinic.at(1);
  await processes.see(recent, 0);
  await clinic.at(90 * 24 * 60 + 1);
  await processes.removeOld();
  const { rows } = await clinic.sql.query('SELECT id FROM processes');
  expect(rows).toStrictEqual([{ id: recent.id }]);
});

test('a heartbeat every two seconds changes no index: the row stays where it is', async () => {
  const worker = process('worker');
  for (let word = 0; word < 50; word += 1) {
    const { text, values } = seeProcess(worker, word);
    await clinic.sql.query(text, values);
  }
  await clinic.sql.query('SELECT pg_stat_force_next_flush()');
  const { rows } = await clinic.sql.query(
    `SELECT n_tup_upd::integer AS updates, n_tup_hot_upd::integer AS hot FROM pg_stat_user_tables WHERE relname = 'processes'`,
  );
  expect(rows).toStrictEqual([{ updates: 49, hot: 49 }]);
});

test('sessions are active, due within a minute, or overdue for more than five seconds', async () => {
  await clinic.grant(1, 5);
  for (const appointment of [1, 2]) await clinic.book(appointment);
  await clinic.start(1, PATIENT);
  await clinic.at(3);
  await clinic.start(2, PATIENT);
  const figures = async (minutes: number) => {
    await clinic.at(minutes);
    return (await state()).sessions;
  };
  expect(await figures(8.9)).toStrictEqual({ active: 2, due: 0, overdue: 0, overdueSince: null });
  expect(await figures(9.1)).toMatchObject({ due: 1, overdue: 0 });
  expect(await figures(10 + 5 * SECOND)).toMatchObject({ due: 1, overdue: 0 });
  expect(await figures(10 + 6 * SECOND)).toStrictEqual({
    active: 2,
    due: 0,
    overdue: 1,
    overdueSince: NINE + 10 * MINUTE,
  });
  expect((await state()).oldestStart).toBe(NINE);
});

test('deductions of the last hour are told by the minute in which they were written, with how late they were', async () => {
  await clinic.grant(1, 200);
  await clinic.book(1);
  await clinic.start(1, PATIENT);
  await clinic.write(1, DOCTOR);
  // The first two blocks are written two and a half minutes after the second was over.
  await clinic.at(22.5);
  await clinic.sweep();
  await clinic.at(40.25);
  await clinic.sweep();
  const hour = await clinic.database.lastHour();
  expect(hour).toMatchObject({ deductions: 4, latenessP50Ms: 2.5 * MINUTE, latenessP99Ms: null });
  expect(hour.minutes).toHaveLength(60);
  expect(hour.minutes.at(-1)).toStrictEqual({ at: NINE + 40 * MINUTE, deductions: 2, latenessP99Ms: null });
  expect(hour.minutes.filter(({ deductions }) => deductions > 0)).toMatchObject([
    { at: NINE + 22 * MINUTE, deductions: 2 },
    { at: NINE + 40 * MINUTE, deductions: 2 },
  ]);

  await clinic.at(82);
  expect(await clinic.database.lastHour()).toMatchObject({ deductions: 2, latenessP50Ms: 15_000 });
  await clinic.at(101);
  expect(await clinic.database.lastHour()).toMatchObject({ deductions: 0, latenessP50Ms: null });
});

test('from a hundred deductions on, the last hour and the minute have a p99', async () => {
  await clinic.grant(1, 200);
  await clinic.book(1);
  await clinic.start(1, PATIENT);
  await clinic.write(1, PATIENT);
  await clinic.at(990);
  await clinic.sweep();
  expect((await clinic.database.lastHour()).latenessP99Ms).toBeNull();
  await clinic.at(1_000.1);
  await clinic.sweep();
  const { deductions, latenessP99Ms, minutes } = await clinic.database.lastHour();
  expect(deductions).toBe(100);
  expect(latenessP99Ms).toBe(970 * MINUTE);
  expect(minutes.at(-11)).toMatchObject({ deductions: 99, latenessP99Ms: null });
});
