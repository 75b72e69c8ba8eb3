/** Where the log does not tell the order of what happened in one millisecond, no possible order is a difference. */
import { describe, expect, test } from 'vitest';
import { auditAccount } from '../../src/audit/audit.ts';
import type { AccountHistory } from '../../src/audit/history.ts';
import { openWalk } from '../billing/timeline-walk.ts';
import { adminEnd, CLINIC, grant, start } from './reference-model/script.ts';
import type { Action } from '../../src/audit/reference-model/naive-types.ts';
import { historiesOf } from './history-of-tables.ts';

/** Patient 1 has grant 11, which pays first and has one unit, and grant 12; sessions 11 and 12 are theirs. */
const GRANTS = [grant(11, 1, { patientId: 1, expiresAt: 90_000 }), grant(12, 5, { patientId: 1 })];

async function lived(second: number, ...actions: Action[]): Promise<AccountHistory> {
  const walk = await openWalk(actions, false);
  for (const action of actions) {
    walk.goTo(action.at);
    expect(await walk.act(action)).toBe('ok');
  }
  walk.goTo(second);
  for (const id of walk.engine.store.tables().sessions.keys()) await walk.ring(id);
  const history = historiesOf(walk.engine.store.tables()).find(({ patientId }) => patientId === 1);
  return history ?? expect.fail('patient 1 has no account');
}

describe('two things in the same millisecond', () => {
  test.each([
    ['the lower session starts first', [11, 12]],
    ['the higher session starts first', [12, 11]],
  ])('are no difference, whichever came first: %s', async (_, [first = 0, second = 0]) => {
    const history = await lived(30, ...GRANTS, start(5, CLINIC, first, 1), start(5, CLINIC, second, 1));

    expect(history.sessions.find(({ sessionId }) => sessionId === first)?.heldOn).toBe(11);
    expect(auditAccount(history)).toEqual([]);
  });

  test('are no difference where a session takes the unit that another gave up in that instant, nor the other way', async () => {
    const begun = [...GRANTS, start(5, CLINIC, 11, 1)];
    const after = await lived(30, ...begun, adminEnd(20, false, 11), start(20, CLINIC, 12, 1));
    const before = await lived(30, ...begun, start(20, CLINIC, 12, 1), adminEnd(20, false, 11));

    expect([after, before].map(({ sessions }) => sessions.find(({ isActive }) => isActive)?.heldOn)).toEqual([
      11, 12,
    ]);
    expect([after, before].map(auditAccount)).toEqual([[], []]);
  });

  test('are a difference where no order explains them: both sessions on a grant with one unit', async () => {
    const history = await lived(30, ...GRANTS, start(5, CLINIC, 11, 1), start(5, CLINIC, 12, 1));
    const sessions = history.sessions.map((session) => Object.assign({}, session, { heldOn: 11 }));

    expect(auditAccount({ ...history, sessions })).toMatchObject([
      { kind: 'session_differs', column: 'hold_grant_id', expected: '12', found: '11' },
    ]);
  });
});
