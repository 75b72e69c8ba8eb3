/** Every entry, every block and every end of the simulation's sessions has one sentence, and its figures are those of the row. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { EndReason } from '../../src/billing/account.ts';
import { explainEntry } from '../../src/explanations/explain-entry.ts';
import { type ExplainedSession, explainSession } from '../../src/explanations/explain-session.ts';
import type { Explanation } from '../../src/explanations/explanation.ts';
import { wallClock } from '../../src/explanations/wall-clock.ts';
import type { ReceiptBlock } from '../../src/sessions/receipt.ts';
import type { StoredEntry, Tables } from '../../tools/kit/memory-database/tables.ts';
import { makePlan } from '../../tools/simulation/plan/make-plan.ts';
import { simulate, type SimulationResult } from '../../tools/simulation/world/simulate.ts';
import { CLINIC } from '../billing/specimens.ts';
import { disagreement, timeOf } from '../explanations/read-back.ts';
import { recordFrom, type Told, toldFrom } from '../explanations/told.ts';

const SEEDS = 150;

interface Explained {
  readonly tables: Tables;
  readonly told: Told;
  readonly explained: ExplainedSession;
}

const worlds: SimulationResult[] = [];
const sessions: Explained[] = [];

beforeAll(async () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const world = await simulate(makePlan(seed));
    const { tables, now } = world;
    worlds.push(world);
    for (const id of tables.sessions.keys()) {
      const told = toldFrom(tables, id, now);
      sessions.push({ tables, told, explained: explainSession(told, { reader: 'staff', timeZone: 'UTC' }) });
    }
  }
});

/** How often each was met: what was never met was never tried. */
const counted = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

const expectMet = (names: readonly string[], expected: string): void => {
  const counts = counted(names);
  for (const name of expected.split(', ')) expect(counts[name] ?? 0, name).toBeGreaterThan(0);
};

const rowOf = (tables: Tables, id: number): StoredEntry => {
  const row = tables.entries.find((each) => each.id === id);
  if (row === undefined) throw new Error(`there is no entry ${id}`);
  return row;
};

test('Every charge and every refund of a session has its sentence, and the figures of its row.', () => {
  const told = sessions.flatMap(({ tables, told: { entries, view }, explained }) =>
    entries.map((entry) => ({
      name: `${entry.kind} ${entry.reason}`,
      wrong: disagreement(rowOf(tables, entry.id), view.session, explained.entry(entry)),
    })),
  );

  expect(told.flatMap(({ wrong }) => wrong ?? [])).toEqual([]);
  expectMet(
    told.map(({ name }) => name),
    'charge interval, charge manual_end, charge admin_end, charge no_activity, charge idle_timeout, ' +
      'charge max_duration, refund doctor_no_response, refund correction',
  );
});

test('So has every grant and every adjustment.', () => {
  const told = worlds.flatMap(({ tables, now }) =>
    tables.entries
      .filter(({ entry }) => entry.sessionId === null)
      .map((row) => {
        const course = { startedAt: now, policy: CLINIC };
        const telling = { reader: 'staff', at: wallClock('UTC', now) } as const;
        const explanation = explainEntry({ ...recordFrom(row), takenBack: null }, course, telling);
        return { name: `${row.entry.kind} ${row.entry.reason}`, wrong: disagreement(row, null, explanation) };
      }),
  );

  expect(told.flatMap(({ wrong }) => wrong ?? [])).toEqual([]);
  expectMet(
    told.map(({ name }) => name),
    'grant subscription, adjustment subscription, adjustment correction, adjustment validity_changed',
  );
});

describe('every block', () => {
  const blocks = () =>
    sessions.flatMap(({ told, explained }) =>
      told.blocks.map((block) => ({ block, told, explained, is: explained.block(block) })),
    );

  test('that was charged is told by its charge, and by its refund where it was given back', () => {
    const charged = blocks().filter(({ block }) => block.charge !== null);

    for (const { block, told, explained, is } of charged) {
      const own = told.entries.filter(({ intervalNo }) => intervalNo === block.intervalNo);
      const [charge, refund] = ['charge', 'refund'].map((kind) => own.find((entry) => entry.kind === kind));
      expect(charge && explained.entry(charge)).toEqual(is.explanation);
      expect(refund === undefined ? null : explained.entry(refund)).toEqual(is.refundExplanation);
    }
    expectMet(
      charged.map(({ block }) => block.state),
      'charged, refunded',
    );
  });

  test('that cost nothing says which rule let it go', () => {
    const released = blocks().filter(({ block }) => block.state === 'released');

    for (const { block, told, is } of released) {
      expect(is.explanation.rule).toBe(RULES[endReasonOf(told)]);
      expect(is.explanation.sentence).toMatch(
        new RegExp(`^Block ${block.intervalNo} was in progress at the end and cost nothing: .+\\.$`),
      );
    }
    expectMet(
      released.map(({ told }) => endReasonOf(told)),
      'manual_end, admin_end, no_activity, idle_timeout, doctor_no_response',
    );
  });
});

test('Every end has its sentence, with its instant, and is told by its charge where it made one.', () => {
  const ended = sessions.filter(({ told }) => told.view.session.state === 'ended');

  for (const { told, explained } of ended) {
    const { session } = told.view;
    if (session.state === 'active') continue;
    const last = told.blocks.at(-1);
    expect(explained.end?.rule).toBe(RULES[session.endReason]);
    expect(explained.end?.sentence).toContain(timeOf(session.endedAt));
    if (session.endUnits === 1) expect(explained.end).toEqual(chargeOf(last, explained));
    else expect(explained.end?.sentence).toMatch(FREE_ENDS[session.endReason]);
  }
  expectMet(
    ended.map(({ told }) => `${endReasonOf(told)} ${freeOrNot(told)}`),
    'manual_end 0, manual_end 1, admin_end 0, admin_end 1, no_activity 0, no_activity 1, idle_timeout 0, ' +
      'idle_timeout 1, max_duration 0, max_duration 1, balance_exhausted 0, doctor_no_response 0',
  );
});

test('That no unit was left for a block names the block after the last that was charged.', () => {
  for (const { told, explained } of sessions.filter(
    (each) => endReasonOf(each.told) === 'balance_exhausted',
  )) {
    const charges = told.entries.filter(({ kind }) => kind === 'charge').length;
    expect(explained.end?.sentence).toContain(`no unit was left for block ${charges + 1}, so`);
  }
});

const RULES: Readonly<Record<EndReason | 'none', string>> = {
  manual_end: 'R6',
  admin_end: 'R6',
  no_activity: 'R5',
  balance_exhausted: 'R4',
  idle_timeout: 'R8',
  doctor_no_response: 'R9',
  max_duration: 'R10',
  none: 'of no rule',
};

const FREE_ENDS: Readonly<Record<EndReason, RegExp>> = {
  manual_end: /so that block cost nothing|so nothing more was charged/,
  admin_end: /and chose not to charge the block in progress/,
  no_activity: /and nothing was charged/,
  balance_exhausted: /without a further charge/,
  idle_timeout: /so it cost nothing|and nothing more was charged/,
  doctor_no_response: /and cost nothing/,
  max_duration: /so nothing more was charged/,
};

function endReasonOf({ view: { session } }: Told): EndReason | 'none' {
  return session.state === 'ended' ? session.endReason : 'none';
}

const freeOrNot = ({ view: { session } }: Told): number => (session.state === 'ended' ? session.endUnits : 0);

function chargeOf(block: ReceiptBlock | undefined, explained: ExplainedSession): Explanation | null {
  const charge = block?.charge ?? null;
  return charge === null ? null : explained.entry(charge);
}
