/** The warning that the last block that is paid for has begun: once, whatever races. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SessionId, sessionId } from '../../src/billing/ids.ts';
import { type Clinic, openClinic, type Process, started } from '../engine/clinic.ts';

const SESSIONS = 200;
const READERS = 50;

let clinic: Clinic;
let workers: readonly Process[];
beforeAll(async () => {
  clinic = await openClinic();
  workers = [clinic.open(), clinic.open(), clinic.open()];
});
afterAll(() => clinic.close());

const patient = (no: number): number => 10_000 + no;

/** Sessions of patients with two units each, both sides active: the second block is the last. */
async function openSessions(from: number): Promise<readonly SessionId[]> {
  const numbers = Array.from({ length: SESSIONS }, (_, index) => from + index);
  await Promise.all(numbers.map((no) => clinic.grant(no, 2, { patient: patient(no) })));
  await Promise.all(numbers.map((no) => clinic.book(no, { patient: patient(no) })));
  const sessions = await Promise.all(numbers.map((no) => started(clinic, no, patient(no))));
  await Promise.all(numbers.map((no) => clinic.send(no, patient(no), 'hello')));
  return sessions;
}

/** Three workers look at every session, the sweep finds them overdue, patients write, and fifty people look on. */
async function raceAtTheBoundary(sessions: readonly SessionId[], from: number): Promise<void> {
  const numbers = sessions.map((_session, index) => from + index);
  const readers = Array.from({ length: READERS }, async (_, reader) => {
    for (let no = reader; no < numbers.length; no += 5)
      await workers[reader % 3]?.status(from + no, patient(from + no));
  });
  await Promise.all([
    ...workers.flatMap((worker) => sessions.map((session) => worker.settle(session))),
    ...workers.map((worker) => worker.sweep()),
    ...workers.map((worker) => worker.sweep()),
    ...numbers.map((no) => clinic.write(no, patient(no))),
    ...readers,
  ]);
}

/** How many warnings each session has, and until when the last says that it is paid for, in minutes after nine. */
async function warnings(sessions: readonly SessionId[]) {
  const { rows } = await clinic.sql.query<{ id: string; count: number; until: number | null }>(
    `SELECT s.id, count(e.event_no)::integer AS count,
       (max((e.data ->> 'funded_until_ms')::bigint) - $2::bigint)::float8 / 60000 AS until
     FROM text_appointment_sessions s
     LEFT JOIN session_events e ON e.session_id = s.id AND e.type = 'low_balance'
     WHERE s.id = ANY ($1) GROUP BY s.id`,
    [sessions, Date.UTC(2026, 10, 22, 9)],
  );
  return new Map(rows.map(({ id, count, until }) => [sessionId(Number(id)), { count, until }]));
}

/** The same of every session. */
const each = <T>(what: T): T[] => Array.from({ length: SESSIONS }, () => what);

describe('when the last block that is paid for begins', () => {
  test('each of 200 sessions is warned exactly once, by whichever process settles it, and again only in the next last block', async () => {
    await clinic.at(0);
    const sessions = await openSessions(1);
    await clinic.at(10);
    await raceAtTheBoundary(sessions, 1);
    const once = [...(await warnings(sessions)).values()];
    expect(once).toEqual(each({ count: 1, until: 20 }));

    await Promise.all(
      sessions.map((_session, index) => clinic.grant(1 + index, 4, { patient: patient(1 + index) })),
    );
    await clinic.at(15);
    await raceAtTheBoundary(sessions, 1);
    expect([...(await warnings(sessions)).values()].filter(({ count }) => count !== 1)).toEqual([]);
    await clinic.at(30);
    await raceAtTheBoundary(sessions, 1);
    const twice = [...(await warnings(sessions)).values()];
    expect(twice).toEqual(each({ count: 2, until: 40 }));
  });

  test('none of 200 sessions that were topped up before is warned', async () => {
    await clinic.at(0);
    const sessions = await openSessions(1_001);
    await clinic.at(9.9);
    await Promise.all(
      sessions.map((_session, index) => clinic.grant(1_001 + index, 3, { patient: patient(1_001 + index) })),
    );
    await clinic.at(10);
    await raceAtTheBoundary(sessions, 1_001);
    expect([...(await warnings(sessions)).values()]).toEqual(each({ count: 0, until: null }));
  });
});
