/**
 * R12 Late is not different. The same timeline again and again: with every alarm on time, with none, with some that
 * are late, early, doubled or in another order. The ledger, the sessions, the grants and the audit log come out the
 * same; only the time of recording differs. On the way, the promises hold after every transaction.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LedgerEntry } from '../../src/billing/ledger.ts';
import { settle } from '../../src/billing/settle.ts';
import { settleOverdue } from '../../src/sessions/sweep.ts';
import { userId } from '../../src/billing/ids.ts';
import { timelineArbitrary, type Timeline } from '../audit/reference-model/timelines.ts';
import { accountIn } from '../sessions/engine.ts';
import type { Tables } from '../../tools/kit/memory-database/tables.ts';
import { brokenInvariants, takenBack } from '../../tools/kit/invariants.ts';
import { holds } from './replay.ts';
import { openWalk, secondOf, type Walk } from './timeline-walk.ts';

const FILE = 'tests/billing/late-is-not-different.test.ts';

/** Some sessions are settled at some second, by an alarm or the sweep. */
interface Settling {
  readonly second: number;
  /** Which of the sessions, in which order; with repeats, so that alarms are doubled. */
  readonly sessions: readonly number[];
  readonly by: 'alarm' | 'all_at_once' | 'sweep';
}

const settlingArbitrary: fc.Arbitrary<Settling> = fc.record({
  second: fc.nat(150),
  sessions: fc.array(fc.constantFrom(11, 12, 13, 21, 22, 23), { minLength: 1, maxLength: 8 }),
  by: fc.constantFrom('alarm', 'all_at_once', 'sweep'),
});

const ALL = [11, 12, 13, 21, 22, 23];

const everySecond = ({ until }: Timeline, sessions: readonly number[]): Settling[] =>
  Array.from({ length: until + 1 }, (_second, second) => ({ second, sessions, by: 'alarm' }));

describe('R12 late is not different', () => {
  test('from no alarm at all, nor from any that come late, early, doubled or in another order', async () => {
    const property = fc.asyncProperty(
      timelineArbitrary,
      fc.array(settlingArbitrary, { maxLength: 12 }),
      async (timeline, settlings) => {
        const unattended = await walked(timeline, []);
        expect(await walked(timeline, settlings)).toEqual(unattended);
        expect(await walked(timeline, settlings.toReversed())).toEqual(unattended);
      },
    );
    await holds(FILE, 400, property);
  });

  test('from everything on time: an alarm of every session in every second, either way round', async () => {
    const property = fc.asyncProperty(timelineArbitrary, async (timeline) => {
      const unattended = await walked(timeline, []);
      expect(await walked(timeline, everySecond(timeline, ALL))).toEqual(unattended);
      expect(await walked(timeline, everySecond(timeline, ALL.toReversed()))).toEqual(unattended);
    });
    await holds(FILE, 60, property);
  });

  test('for the rules alone: an account that is settled in steps makes the same changes as one settled at once', async () => {
    const property = fc.asyncProperty(
      timelineArbitrary,
      fc.array(fc.nat(300), { maxLength: 6 }),
      async (timeline, stops) => {
        const { walk } = await walkedUntil(timeline, [], Math.floor(timeline.until / 3));
        for (const patient of [1, 2]) {
          const account = accountIn(walk.engine.store, userId(patient));
          const atOnce = settle(account, secondOf(300));
          let stepwise: typeof atOnce = { account, changes: [] };
          for (const second of [...stops, 300]) {
            const { account: next, changes } = settle(stepwise.account, secondOf(second));
            stepwise = { account: next, changes: [...stepwise.changes, ...changes] };
          }
          expect(stepwise).toEqual(atOnce);
        }
      },
    );
    await holds(FILE, 300, property);
  });
});

/** What a timeline comes to, but for the time of recording. */
async function walked(timeline: Timeline, settlings: readonly Settling[]) {
  const { walk, outcomes } = await walkedUntil(timeline, settlings, timeline.until);
  const { sessions, grants, entries, events, messages } = walk.engine.store.tables();
  /** The refund that is taken back, by its block: its number depends on what other patients did. */
  const withPlace = (entry: LedgerEntry) => {
    const refund = entries.find(({ id }) => id === entry.takesBack)?.entry;
    return { ...entry, takesBack: refund === undefined ? null : [refund.sessionId, refund.intervalNo] };
  };
  return {
    outcomes,
    grants,
    sessions: [...sessions.values()].map(({ session, eventCount, messageCount }) => ({
      session,
      eventCount,
      messageCount,
    })),
    ledgers: [1, 2].map((patient) =>
      entries
        .filter(({ entry }) => entry.patientId === patient)
        .map(({ id: _id, recordedAt: _recordedAt, ...row }) =>
          Object.assign(row, { entry: withPlace(row.entry) }),
        ),
    ),
    eventLogs: ALL.map((id) =>
      events
        .filter(({ sessionId }) => sessionId === id)
        .map(({ recordedAt: _recordedAt, ...event }) => event),
    ),
    messages,
  };
}

async function walkedUntil(timeline: Timeline, settlings: readonly Settling[], until: number) {
  const actions = timeline.actions.filter((action) => action.kind !== 'adjust' || action.units !== 0);
  const walk = await openWalk(actions, true);
  const outcomes: string[] = [];
  let before = walk.engine.store.tables();
  const check = () => {
    before = checked(before, walk.engine.store.tables());
  };
  for (let second = 0; second <= until; second += 1) {
    walk.goTo(second);
    for (const settling of settlings) if (settling.second === second) await settleAll(walk, settling, check);
    for (const action of actions) {
      if (action.at !== second) continue;
      outcomes.push(await walk.act(action));
      check();
    }
  }
  for (const id of walk.engine.store.tables().sessions.keys()) await walk.ring(id);
  check();
  return { walk, outcomes };
}

async function settleAll(walk: Walk, { sessions, by }: Settling, check: () => void): Promise<void> {
  const { executor, store } = walk.engine;
  switch (by) {
    case 'alarm':
      for (const session of sessions) {
        await walk.ring(session);
        check();
      }
      break;
    case 'all_at_once':
      await Promise.all(sessions.map((session) => walk.ring(session)));
      break;
    case 'sweep':
      await settleOverdue(
        { graceMs: 0, limit: 2, after: null },
        {
          overdue: store.overdue,
          execute: executor.execute,
          onFailure: (_id, error) => {
            throw error;
          },
        },
      );
      break;
  }
  check();
}

function checked(before: Tables, after: Tables): Tables {
  if (after === before) return after;
  const broken = [...brokenInvariants(after), ...takenBack(before, after)];
  if (broken.length > 0) throw new Error(`a promise was broken: ${broken.join('; ')}`);
  return after;
}
