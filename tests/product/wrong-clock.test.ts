import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { prepareDatabase } from '../../src/ops/prepare-database.ts';
import { createDatabase } from '../../tools/kit/database.ts';
import { startProgram, untilReady } from '../../tools/kit/product-program.ts';
import { openProcess } from '../engine/clinic.ts';
import { SECRET, tokenFor } from '../../tools/kit/tokens.ts';

const HOUR_MS = 3_600_000;
const INTERVAL_MS = 2_000;
/** A sweep's interval and its grace, and as much again for a busy machine. */
const LATEST_MS = 16_000;
const PRELOAD = join(import.meta.dirname, 'shifted-clock.ts');

test.each([
  ['an API an hour ahead and a worker an hour behind', HOUR_MS, -HOUR_MS],
  ['an API an hour behind and a worker an hour ahead', -HOUR_MS, HOUR_MS],
])('%s charge what is due when it is due, by the clock of the database', async (_who, apiMs, workerMs) => {
  const database = await createDatabase();
  await prepareDatabase(database.url, null);
  const start = (script: string, shiftMs: number) =>
    startProgram(script, {
      DATABASE_URL: database.url,
      JWT_SECRET: SECRET,
      SESSION_INTERVAL_SECONDS: String(INTERVAL_MS / 1000),
      NODE_OPTIONS: `--import ${PRELOAD}`,
      CLOCK_SHIFT_MS: String(shiftMs),
    });
  const engine = openProcess(database.url);
  await engine.grant(1, 2);
  await engine.book(1, { scheduledAt: 0 });
  const programs = [await start('src/server.ts', apiMs), await start('workers/worker.ts', workerMs)] as const;
  const [api] = programs;
  await Promise.all(programs.map((program) => untilReady(program)));
  const sql = new Client({ connectionString: database.url });
  await sql.connect();
  try {
    const ask = (path: string, tokenEndsInMs: number): Promise<Response> =>
      fetch(`http://127.0.0.1:${api.port}/api/text-appointments/${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${tokenFor(101, { exp: Math.floor((Date.now() + tokenEndsInMs) / 1000) })}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ appointment_id: 1 }),
      });
    // By its own clock the API knows tokens, and that clock is wrong.
    const isGood = apiMs < 0;
    expect((await ask('process-deduction', (apiMs / HOUR_MS) * (HOUR_MS / 2))).status === 401).toBe(!isGood);
    expect((await ask('start-session', 24 * HOUR_MS)).status).toBe(200);
    expect((await ask('update-activity', 24 * HOUR_MS)).status).toBe(200);
    while (!(await isOver(sql))) await pause(50);
    const { rows } = await sql.query<{ due: number; late: number }>(
      `SELECT (epoch_ms(e.effective_at) - epoch_ms(s.start_time))::integer AS due,
         (epoch_ms(e.recorded_at) - epoch_ms(e.effective_at))::integer AS late
       FROM ledger_entries e JOIN text_appointment_sessions s ON s.id = e.session_id ORDER BY e.interval_no`,
    );
    expect(rows.map(({ due }) => due)).toEqual([INTERVAL_MS, 2 * INTERVAL_MS]);
    for (const { late } of rows) expect(late).toBeLessThan(LATEST_MS);
  } finally {
    await Promise.all(programs.map((program) => program.stop()));
    await engine.close();
    await sql.end();
    await database.drop();
  }
});

async function isOver(sql: Client): Promise<boolean> {
  const { rows } = await sql.query('SELECT FROM text_appointment_sessions WHERE is_ended');
  return rows.length === 1;
}
