/**
 * The engine against the naive model: the same random timelines, told by two programs that share no code. Every
 * answer, every ledger entry in its order, every session and every grant must be the same, at every instant at
 * which somebody settles and at the end.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runNaiveModel } from '../../src/audit/reference-model/naive-model.ts';
import type { Action, ModelResult, Outcome } from '../../src/audit/reference-model/naive-types.ts';
import { accountOf, timelineArbitrary, type Timeline } from '../audit/reference-model/timelines.ts';
import { holds } from './replay.ts';
import { openWalk, type Walk } from './timeline-walk.ts';

const FILE = 'tests/billing/agreement.test.ts';

describe('the engine agrees with the naive model', () => {
  test('on every command by itself, with the accounts settled now and then', async () => {
    await holds(
      FILE,
      1000,
      fc.asyncProperty(timelineArbitrary, (timeline) => compare(timeline, oneByOne, timeline.settleAt)),
    );
  });

  test('on the commands of each instant as one batch, and nobody settling before the end', async () => {
    await holds(
      FILE,
      1000,
      fc.asyncProperty(timelineArbitrary, (timeline) => compare(timeline, together, [])),
    );
  });
});

type Send = (walk: Walk, actions: readonly Action[]) => Promise<readonly Outcome[]>;

const oneByOne: Send = async (walk, actions) => {
  const outcomes: Outcome[] = [];
  for (const action of actions) outcomes.push(await walk.act(action));
  return outcomes;
};

/** All that comes in one turn of the event loop goes in one batch, in the order in which it came. */
const together: Send = async (walk, actions) => {
  const outcomes: Outcome[] = [];
  let sent: Promise<Outcome>[] = [];
  for (const action of actions)
    if (walk.isReady(action)) sent.push(walk.act(action));
    else {
      outcomes.push(...(await Promise.all(sent)), await walk.act(action));
      sent = [];
    }

  return [...outcomes, ...(await Promise.all(sent))];
};

async function compare(timeline: Timeline, send: Send, settleAt: readonly number[]): Promise<void> {
  // An adjustment of nothing is refused at the edge (422) and never becomes a command.
  const actions = timeline.actions.filter((action) => action.kind !== 'adjust' || action.units !== 0);
  const walk = await openWalk(actions, send === oneByOne);
  const outcomes: Outcome[] = [];
  const looks = new Set([...settleAt, timeline.until]);
  const instants = [...new Set([...actions.map(({ at }) => at), ...looks])].sort((a, b) => a - b);
  for (const second of instants) {
    walk.goTo(second);
    const due = actions.filter(({ at }) => at === second);
    outcomes.push(...(await send(walk, due)));
    if (looks.has(second)) await compareAt(walk, actions, second, outcomes);
  }
}

async function compareAt(
  walk: Walk,
  actions: readonly Action[],
  second: number,
  outcomes: readonly Outcome[],
): Promise<void> {
  for (const id of walk.engine.store.tables().sessions.keys()) await walk.ring(id);
  const until = actions.filter(({ at }) => at <= second);
  const model = runNaiveModel({ from: 0, until: second, actions: until });
  expect({ ...byAccount(walk.figures()), outcomes }).toEqual({
    ...byAccount(model),
    outcomes: model.outcomes,
  });
}

/** Between two patients the order of entries means nothing, within an account everything. */
const byAccount = ({ ledger, sessions, grants }: Pick<ModelResult, 'ledger' | 'sessions' | 'grants'>) => ({
  ledgers: [1, 2].map((patient) => ledger.filter(({ grantId }) => accountOf(grantId) === patient)),
  sessions,
  grants,
});
