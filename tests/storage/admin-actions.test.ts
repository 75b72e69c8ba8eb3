import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { sharedDatabase } from '../../tools/kit/shared-database.ts';
import { ADMIN, DOCTOR, PATIENT } from '../billing/specimens.ts';
import { anAct } from './an-act.ts';

const database = sharedDatabase();
let opened: Database;
beforeAll(() => {
  opened = openDatabase({ url: database.url, maxConnections: 4, applicationName: 'test' });
});
afterAll(() => opened.close());

/** Only a test may: it takes the lock away that everybody else finds in the way. */
beforeEach(async () => {
  await database.sql.query('ALTER TABLE admin_actions DISABLE TRIGGER USER');
  await database.sql.query('TRUNCATE admin_actions');
  await database.sql.query('ALTER TABLE admin_actions ENABLE TRIGGER USER');
});

const stored = async () => {
  const { rows } = await database.sql.query(
    'SELECT *, epoch_ms(recorded_at)::float8 AS at_ms, epoch_ms(session_clock())::float8 AS now_ms FROM admin_actions ORDER BY id',
  );
  return rows;
};

describe('what an administrator did by itself', () => {
  test('is kept with everything that was said of it, and with the time', async () => {
    await opened.actions.record(
      anAct({
        action: 'queue.retry',
        targetKind: 'queue',
        note: 'a "note", with a comma',
        after: { queue: 'session-deadlines', job: '7' },
      }),
    );

    const kept = await stored();
    expect(kept[0]?.now_ms - kept[0]?.at_ms).toBeLessThan(60_000);
    expect(kept).toMatchObject([
      {
        actor_id: String(ADMIN),
        actor_role: 'admin',
        action: 'queue.retry',
        target_kind: 'queue',
        target_id: null,
        patient_id: null,
        note: 'a "note", with a comma',
        before: null,
        after: { queue: 'session-deadlines', job: '7' },
        request_id: 'a-request',
      },
    ]);
  });

  test.for(['UPDATE admin_actions SET note = NULL', 'DELETE FROM admin_actions', 'TRUNCATE admin_actions'])(
    'stays as it is, also for the owner of the tables: %s',
    async (statement) => {
      await opened.actions.record(anAct());
      const before = await stored();

      await expect(database.sql.query(statement)).rejects.toThrow('append-only');
      expect(await stored()).toMatchObject(before.map(({ now_ms: _now, ...row }) => row));
    },
  );

  test.for([
    ['something that nobody can do', { action: 'grant.stolen' }, 'admin_actions_action_known'],
    ['something on a queue that is no word', { action: 'queue.Re Try' }, 'admin_actions_action_known'],
    ['somebody who is no user', { actor_id: 0 }, 'admin_actions_actor_known'],
    ['done to what does not exist here', { target_kind: 'moon' }, 'admin_actions_target_known'],
    ['the number of nothing in particular', { target_id: 7 }, 'admin_actions_target_named'],
  ] as const)('cannot be %s', async ([, differing, constraint]) => {
    const row = { actor_id: 7, action: 'audit.run', target_kind: null, target_id: null, ...differing };

    await expect(
      database.sql.query(
        'INSERT INTO admin_actions (actor_id, action, target_kind, target_id) VALUES ($1, $2, $3, $4)',
        [row.actor_id, row.action, row.target_kind, row.target_id],
      ),
    ).rejects.toThrow(constraint);
  });
});

describe('a view of a patient', () => {
  const view = anAct({ action: 'patient.viewed', targetKind: 'patient', patientId: PATIENT });

  test('is kept once an hour for each person and each patient, however many look at once', async () => {
    const looks = Array.from({ length: 8 }, () => opened.actions.record(view));
    await Promise.all(looks);
    await opened.actions.record({ ...view, actorId: DOCTOR });
    await opened.actions.record({ ...view, patientId: DOCTOR });

    // An hour may have ended between them.
    const kept = await stored();
    const hours = new Set(kept.map(({ at_ms }) => Math.floor(at_ms / 3_600_000)));
    const seen = kept.map(({ actor_id, patient_id }) => `${actor_id} ${patient_id}`);
    expect(new Set(seen)).toEqual(
      new Set([`${ADMIN} ${PATIENT}`, `${DOCTOR} ${PATIENT}`, `${ADMIN} ${DOCTOR}`]),
    );
    expect(seen.length).toBeLessThanOrEqual(2 + hours.size);
  });

  test('is kept again in the next hour', async () => {
    await database.sql.query(
      `INSERT INTO admin_actions (actor_id, action, target_kind, patient_id, recorded_at)
       VALUES ($1, 'patient.viewed', 'patient', $2, session_clock() - interval '1 hour')`,
      [ADMIN, PATIENT],
    );
    await opened.actions.record(view);

    expect(await stored()).toHaveLength(2);
  });
});
