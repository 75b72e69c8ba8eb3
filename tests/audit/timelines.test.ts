/**
 * Random timelines, lived through by the real engine, have no differences: not at the end, and not while half of what is
 * due has not been settled. And every charge that is taken away, added or changed is found.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { auditAccount } from '../../src/audit/audit.ts';
import type { AccountHistory, StoredEntry } from '../../src/audit/history.ts';
import { openWalk } from '../billing/timeline-walk.ts';
import { holds } from '../billing/replay.ts';
import { timelineArbitrary, type Timeline } from './reference-model/timelines.ts';
import { historiesOf } from './history-of-tables.ts';

const FILE = 'tests/audit/timelines.test.ts';

/** Lives through a timeline and checks the accounts after every instant. */
async function live({ actions: all, settleAt, until }: Timeline, check: (history: AccountHistory) => void) {
  const actions = all.filter((action) => action.kind !== 'adjust' || action.units !== 0);
  const walk = await openWalk(actions, true);
  const instants = new Set([...actions.map(({ at }) => at), ...settleAt, until]);
  for (const second of [...instants].sort((a, b) => a - b)) {
    walk.goTo(second);
    for (const action of actions.filter(({ at }) => at === second)) await walk.act(action);
    if (settleAt.includes(second))
      for (const id of walk.engine.store.tables().sessions.keys()) await walk.ring(id);
    for (const history of historiesOf(walk.engine.store.tables())) check(history);
  }
}

describe('the audit of random timelines', () => {
  test('finds no difference in what the engine wrote, at no instant', async () => {
    await holds(
      FILE,
      500,
      fc.asyncProperty(timelineArbitrary, (timeline) =>
        live(timeline, (history) => expect(auditAccount(history)).toEqual([])),
      ),
    );
  });

  test('finds every unit that was taken, given back or left out by hand', async () => {
    const spoiled = fc.tuple(
      timelineArbitrary,
      fc.nat(),
      fc.constantFrom('leave out', 'at another time', 'for another reason'),
    );
    let tried = 0;
    await holds(
      FILE,
      200,
      fc.asyncProperty(spoiled, async ([timeline, which, how]) => {
        const histories = new Map<number, AccountHistory>();
        await live(timeline, (history) => histories.set(history.patientId, history));
        for (const history of histories.values()) {
          const charges = history.entries.filter(({ kind }) => kind === 'charge');
          const charge = charges[which % Math.max(1, charges.length)];
          if (charge === undefined) continue;
          tried += 1;
          const differences = auditAccount({ ...history, entries: spoil(history.entries, charge, how) });
          expect(differences.length).toBeGreaterThan(0);
          expect(differences.map(({ sessionId }) => sessionId)).toContain(charge.sessionId);
        }
      }),
    );
    expect(tried).toBeGreaterThan(100);
  });
});

function spoil(entries: readonly StoredEntry[], charge: StoredEntry, how: string): readonly StoredEntry[] {
  if (how === 'leave out') return entries.filter((entry) => entry !== charge);
  const wrong =
    how === 'at another time'
      ? { ...charge, effectiveAt: charge.effectiveAt - 1 }
      : { ...charge, reason: charge.reason === 'interval' ? 'manual_end' : 'interval' };
  return entries.map((entry) => (entry === charge ? wrong : entry));
}
