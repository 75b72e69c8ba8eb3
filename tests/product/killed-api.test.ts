import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Client } from 'pg';
import { prepareDatabase } from '../../src/ops/prepare-database.ts';
import { type CommitCutter, cutCommits } from '../../tools/kit/commit-cutter.ts';
import { createDatabase, type TestDatabase } from '../../tools/kit/database.ts';
import { type Program, startProgram, untilReady } from '../../tools/kit/product-program.ts';
import { openProcess } from '../engine/clinic.ts';
import { SECRET, tokenFor } from '../../tools/kit/tokens.ts';

const DOCTOR = 201;

/** Two APIs: one is killed at the worst moment, and the app then asks the other. */
describe('an API that is killed', () => {
  let database: TestDatabase;
  let wire: CommitCutter;
  let sql: Client;
  let other: Program;
  const open: Program[] = [];

  const startApi = async (url: string): Promise<Program> => {
    const api = await startProgram('src/server.ts', { DATABASE_URL: url, JWT_SECRET: SECRET });
    open.push(api);
    await untilReady(api);
    return api;
  };
  beforeAll(async () => {
    database = await createDatabase();
    await prepareDatabase(database.url, null);
    wire = await cutCommits(database.url);
    sql = new Client({ connectionString: database.url });
    await sql.connect();
    other = await startApi(database.url);
  });
  afterAll(async () => {
    await Promise.all(open.map((api) => api.stop()));
    await sql.end();
    await wire.close();
    await database.drop();
  });

  async function openAppointment(id: number): Promise<void> {
    const engine = openProcess(database.url);
    await engine.grant(id, 3, { patient: 100 + id });
    await engine.book(id, { patient: 100 + id, doctor: DOCTOR, scheduledAt: 0 });
    await engine.close();
  }
  const ask = (api: Program, path: string, id: number): Promise<Response> =>
    fetch(`http://127.0.0.1:${api.port}/api/text-appointments/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokenFor(100 + id)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ appointment_id: id }),
    });
  const stored = async (id: number): Promise<readonly unknown[]> => {
    const { rows } = await sql.query(
      `SELECT is_ended, sessions_used AS used,
         (SELECT count(*)::integer FROM ledger_entries e WHERE e.session_id = s.id) AS entries
       FROM text_appointment_sessions s WHERE appointment_id = $1`,
      [id],
    );
    return rows;
  };

  test('before its commit has decided nothing: another starts the session anew', async () => {
    await openAppointment(1);
    const victim = await startApi(wire.url);
    const held = wire.holdNext('before');
    const lost = ask(victim, 'start-session', 1).catch(() => 'no answer');
    await held;
    await victim.kill();
    expect(await lost).toBe('no answer');
    expect(await stored(1)).toEqual([]);
    expect((await ask(other, 'start-session', 1)).status).toBe(200);
    expect(await stored(1)).toEqual([{ is_ended: false, used: 0, entries: 0 }]);
  });

  test('between its commit and its answer has decided for good: another finds it, and charges nothing again', async () => {
    await openAppointment(2);
    const victim = await startApi(wire.url);
    expect((await ask(victim, 'start-session', 2)).status).toBe(200);
    const held = wire.holdNext('after');
    const lost = ask(victim, 'end-session', 2).catch(() => 'no answer');
    await held;
    await victim.kill();
    expect(await lost).toBe('no answer');
    const once = [{ is_ended: true, used: 1, entries: 1 }];
    expect(await stored(2)).toEqual(once);
    expect((await ask(other, 'end-session', 2)).status).toBe(200);
    expect(await stored(2)).toEqual(once);
  });
});
