import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appointmentId, type SessionId, sessionId, userId } from '../../src/billing/ids.ts';
import { instant } from '../../src/billing/time.ts';
import type { SessionFilter } from '../../src/sessions/console-store.ts';
import type { Page } from '../../src/sessions/page.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { sharedDatabase } from '../../tools/kit/shared-database.ts';
import { sessionFilter } from '../../tools/kit/list-filters.ts';

/** Few patients, few doctors, and four sessions to a minute: so that each filter finds some and leaves some. */
const SESSIONS = 90;
const BEGIN = Date.parse('2026-11-22T09:00Z');
const MINUTE = 60_000;

interface Stored {
  readonly id: number;
  readonly patient: number;
  readonly doctor: number;
  readonly start: number;
  readonly reason: 'manual_end' | 'admin_end' | null;
}

/** The later its number, the earlier it started: the order is that of the starts. */
const stored: readonly Stored[] = Array.from({ length: SESSIONS }, (_, index) => ({
  id: index + 1,
  patient: 101 + (index % 3),
  doctor: 201 + (index % 2),
  start: BEGIN - Math.floor(index / 4) * MINUTE,
  reason: index % 5 === 0 ? null : index % 7 === 0 ? 'admin_end' : 'manual_end',
}));

const server = sharedDatabase();
let database: Database;
beforeAll(async () => {
  await server.sql.query('SET session_replication_role = replica');
  for (const { id, patient, doctor, start, reason } of stored)
    await server.sql.query(
      `INSERT INTO text_appointment_sessions (id, appointment_id, patient_id, doctor_id, is_active, is_ended, start_time,
         next_deadline_at, hold_grant_id, ended_at, end_recorded_at, end_units, end_reason, policy)
       SELECT $1::bigint, $1::bigint + 1000, $2, $3, $5::text IS NULL, $5::text IS NOT NULL, at, CASE WHEN $5::text IS NULL THEN at END,
         CASE WHEN $5::text IS NULL THEN 1 END, CASE WHEN $5::text IS NOT NULL THEN at END, CASE WHEN $5::text IS NOT NULL THEN at END,
         CASE WHEN $5::text IS NOT NULL THEN 1 END, $5::text, '{}' FROM (SELECT $4::timestamptz AS at) AS start`,
      [id, patient, doctor, new Date(start), reason],
    );
  database = openDatabase({ url: server.url, maxConnections: 1, applicationName: 'test' });
});
afterAll(() => database.close());

const EVERYTHING = sessionFilter();

/** What a filter is to find, told without SQL. */
const expected = (filter: SessionFilter): number[] =>
  stored
    .filter(
      ({ id, patient, doctor, start, reason }) =>
        (filter.status === null || (filter.status === 'active') === (reason === null)) &&
        (filter.endReason === null || filter.endReason === reason) &&
        (filter.patientId === null || filter.patientId === patient) &&
        (filter.doctorId === null || filter.doctorId === doctor) &&
        (filter.appointmentId === null || filter.appointmentId === id + 1000) &&
        (filter.from === null || filter.from <= start) &&
        (filter.to === null || start < filter.to),
    )
    .toSorted((a, b) => b.start - a.start || b.id - a.id)
    .map(({ id }) => id);

async function paged(filter: SessionFilter, limit: number): Promise<number[]> {
  const told: number[] = [];
  for (let cursor: SessionId | null = null; ;) {
    const page: Page<SessionId, SessionId> = await database.console.sessionIds({ ...filter, cursor, limit });
    const { items, nextCursor } = page;
    expect(items.length).toBe(nextCursor === null ? items.length : limit);
    told.push(...items);
    if (nextCursor === null) return told;
    cursor = nextCursor;
  }
}

const FROM = instant(BEGIN - 15 * MINUTE);
const TO = instant(BEGIN - 3 * MINUTE);

/** Every combination of what can be asked. */
const combinations = (['active', 'ended', null] as const).flatMap((status) =>
  (['manual_end', 'max_duration', null] as const).flatMap((endReason) =>
    [userId(102), null].flatMap((patientId) =>
      [userId(202), null].flatMap((doctorId) =>
        [appointmentId(1008), null].flatMap((asked) =>
          [FROM, null].flatMap((from) =>
            [TO, null].map((to) =>
              sessionFilter({
                status,
                endReason,
                patientId,
                doctorId,
                appointmentId: asked,
                from,
                to,
              }),
            ),
          ),
        ),
      ),
    ),
  ),
);

describe('a list of sessions', () => {
  test('has for each combination of filters those that fit, each once, that started last first', async () => {
    const found = combinations.map(expected);
    expect(found.filter((ids) => ids.length === 0).length).toBeGreaterThan(100);
    expect(found.filter((ids) => ids.length > 2).length).toBeGreaterThan(30);
    for (const filter of combinations)
      expect([filter, await paged(filter, 7)]).toEqual([filter, expected(filter)]);
  });

  test.each([1, 2, 3, 4, 50, 89, 90, 91])('has the same sessions in pages of %d', async (limit) => {
    expect(await paged(EVERYTHING, limit)).toEqual(expected(EVERYTHING));
  });

  test('goes on after any session, also one that the filter leaves out', async () => {
    const all = expected(EVERYTHING);
    for (const [place, id] of all.entries()) {
      const filter = { ...EVERYTHING, patientId: userId(102), cursor: sessionId(id), limit: 100 };
      const { items } = await database.console.sessionIds(filter);
      const rest = new Set(all.slice(place + 1));
      expect([id, items]).toEqual([id, expected(filter).filter((one) => rest.has(one))]);
    }
  });

  test('goes on after the session before a number that no session has, and ends where there is none', async () => {
    const after = async (cursor: number) => {
      const { items } = await database.console.sessionIds({
        ...EVERYTHING,
        cursor: sessionId(cursor),
        limit: 100,
      });
      return items.length;
    };
    // Number 90 started first, so nothing comes after it but what has a lower number and the same start.
    expect(await after(Number.MAX_SAFE_INTEGER)).toBe((await after(SESSIONS)) + 1);
  });
});
