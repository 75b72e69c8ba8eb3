import { request } from 'node:http';
import { expect, test } from 'vitest';
import { prepareDatabase } from '../../src/ops/prepare-database.ts';
import { isErrno } from '../../src/standalone/errors.ts';
import { createDatabase } from '../../tools/kit/database.ts';
import { type Program, startProgram, untilReady } from '../../tools/kit/product-program.ts';
import { withServer } from '../../tools/kit/server.ts';
import { openProcess } from '../engine/clinic.ts';
import { SECRET, tokenFor } from '../../tools/kit/tokens.ts';

const APPOINTMENTS = 1_500;
const CLIENTS = 50;
const ANSWERS_BEFORE_THE_SIGNAL = 200;

type Answer = { readonly kind: 'answered'; readonly status: number } | { readonly kind: 'refused' };

/** A connection of its own for each request: what is refused then has reached nobody. */
function start(api: Program, id: number): Promise<Answer> {
  const body = JSON.stringify({ appointment_id: id });
  return new Promise((resolve, reject) => {
    const sent = request({
      agent: false,
      host: '127.0.0.1',
      port: api.port,
      method: 'POST',
      path: '/api/text-appointments/start-session',
      headers: {
        authorization: `Bearer ${tokenFor(1_000_000 + id)}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    });
    sent.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve({ kind: 'answered', status: response.statusCode ?? 0 }));
      response.on('error', reject);
    });
    sent.on('error', (error) => {
      if (isErrno(error, 'ECONNREFUSED', 'ECONNRESET', 'EPIPE')) resolve({ kind: 'refused' });
      else reject(error);
    });
    sent.end(body);
  });
}

test('an API that is stopped under load answers each request or refuses it, and has done the whole of what it answered and nothing of what it refused', async () => {
  const database = await createDatabase();
  await prepareDatabase(database.url, null);
  const engine = openProcess(database.url);
  const ids = Array.from({ length: APPOINTMENTS }, (_appointment, index) => index + 1);
  await Promise.all(ids.map((id) => engine.grant(id, 1, { patient: 1_000_000 + id })));
  await Promise.all(ids.map((id) => engine.book(id, { patient: 1_000_000 + id, scheduledAt: 0 })));
  await engine.close();
  const api = await startProgram('src/server.ts', { DATABASE_URL: database.url, JWT_SECRET: SECRET });
  await untilReady(api);

  const answers = new Map<number, Answer>();
  const waiting = [...ids];
  const stopped: Promise<number | null>[] = [];
  const client = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const answer = await start(api, id);
      answers.set(id, answer);
      if (answers.size === ANSWERS_BEFORE_THE_SIGNAL) stopped.push(api.stop());
      if (answer.kind === 'refused') return;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  expect(await Promise.all(stopped)).toEqual([0]);

  const sessions = await withServer(database.url, async (sql) => {
    const { rows } = await sql.query<{ id: number }>(
      'SELECT appointment_id::integer AS id FROM text_appointment_sessions WHERE is_active',
    );
    return new Set(rows.map(({ id }) => id));
  });
  expect(waiting.length, 'it stopped in the middle').toBeGreaterThan(0);
  for (const [id, answer] of answers) {
    if (answer.kind === 'answered') expect([200, 503]).toContain(answer.status);
    const isDone = answer.kind === 'answered' && answer.status === 200;
    expect(sessions.has(id), `appointment ${id}: ${JSON.stringify(answer)}`).toBe(isDone);
  }
  await database.drop();
});
