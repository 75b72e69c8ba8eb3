import { expect, test } from 'vitest';
import { ledgerEntryId, sessionId, userId } from '../../src/billing/ids.ts';
import { instant } from '../../src/billing/time.ts';
import type { ActionFilter } from '../../src/sessions/admin-actions.ts';
import { findActions, findActionsOfSession } from '../../src/storage/sql/admin-actions.ts';
import { actionFilter } from '../../tools/kit/list-filters.ts';
import { sharedPlans } from '../../tools/kit/shared-plans.ts';

const ACTIONS = 20_000;
const LIMIT = 20;
const BEGIN = Date.parse('2026-01-01Z');
/** One action a minute. */
const at = (minutes: number) => instant(BEGIN + minutes * 60_000);

const { walk, query } = sharedPlans('console', async (sql) => {
  await sql.query(
    `INSERT INTO admin_actions (recorded_at, actor_id, action, target_kind, target_id, patient_id)
     SELECT instant($1) + n * interval '1 minute', 1 + n % 4, CASE n % 2 WHEN 0 THEN 'grant.changed' ELSE 'charge.refunded' END,
       CASE n % 2 WHEN 0 THEN 'grant' ELSE 'entry' END, n, 1 + n % 1000
     FROM generate_series(1, $2::integer) n`,
    [BEGIN, ACTIONS],
  );
  await sql.query(`INSERT INTO admin_actions (actor_id, action) VALUES (9, 'queue.pause')`);
  await sql.query('VACUUM ANALYZE');
});

const TABLE = 'admin_actions';

test.for<[string, Partial<ActionFilter>, string, number]>([
  ['of everybody', {}, 'admin_actions_time_idx', LIMIT],
  [
    'far behind',
    { cursor: { recordedAt: at(ACTIONS / 2), id: ACTIONS / 2 } },
    'admin_actions_time_idx',
    LIMIT,
  ],
  ['of a period', { from: at(600), to: at(1200) }, 'admin_actions_time_idx', LIMIT],
  ['of one actor', { actorId: userId(1) }, 'admin_actions_actor_idx', LIMIT],
  ['of an actor who did one thing', { actorId: userId(9) }, 'admin_actions_actor_idx', 1],
  ['of one kind', { action: 'grant.changed' }, 'admin_actions_action_idx', LIMIT],
  ['of a kind that was done once', { action: 'queue.pause' }, 'admin_actions_action_idx', 1],
  ['of a kind that nobody did', { action: 'queue.empty' }, 'admin_actions_action_idx', 0],
  [
    'of what somebody never did',
    { actorId: userId(1), action: 'queue.pause' },
    'admin_actions_actor_action_idx',
    0,
  ],
  ['about one patient', { patientId: userId(7) }, 'admin_actions_patient_idx', LIMIT],
])(
  'a page of who did what, %s, is found by an index and looks at nothing beside it',
  async ([, parts, index, rows]) => {
    const statement = findActions(actionFilter({ ...parts, limit: LIMIT }), LIMIT);
    expect(await walk(statement, TABLE)).toEqual({ indexes: [index], rows });
  },
);

test('what was done to a session and its entries is found one by one', async () => {
  const statement = findActionsOfSession(sessionId(1), [1, 3, 5, 6].map(ledgerEntryId));
  expect(await walk(statement, TABLE)).toEqual({
    indexes: ['admin_actions_target_idx'],
    rows: 3,
  });
});

test('a page far behind costs no more than the first', async () => {
  const blocksOf = async (cursor: ActionFilter['cursor']): Promise<number> => {
    const { text, values } = findActions(actionFilter({ cursor, limit: LIMIT }), LIMIT);
    const given = values.map((value) => (value === null ? 'NULL' : JSON.stringify(value)));
    await query(`PREPARE read AS ${text}`);
    const { rows } = await query<{ 'QUERY PLAN': readonly { readonly Plan: Blocks }[] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE read (${given.join(', ')})`,
    );
    await query('DEALLOCATE read');
    const plan = rows[0]?.['QUERY PLAN'][0]?.Plan;
    return (plan?.['Shared Hit Blocks'] ?? Number.NaN) + (plan?.['Shared Read Blocks'] ?? Number.NaN);
  };
  const first = await blocksOf(null);
  const far = await blocksOf({ recordedAt: at(ACTIONS / 2), id: ACTIONS / 2 });

  expect(first).toBeGreaterThan(0);
  expect(far).toBeLessThanOrEqual(first + 10);
});

interface Blocks {
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
}
