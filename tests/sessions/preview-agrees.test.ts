/**
 * A preview says what then happens: on random accounts, of every act that can be looked at before. The same timelines as
 * those on which the engine agrees with the naive model, with acts tried on what they left.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fundedUntil } from '../../src/billing/funded-until.ts';
import {
  grantId,
  type LedgerEntryId,
  ledgerEntryId,
  type SessionId,
  sessionId,
} from '../../src/billing/ids.ts';
import type { Instant } from '../../src/billing/time.ts';
import { etagOf } from '../../src/http/answers/effect.ts';
import type { Commands, Outcomes } from '../../src/sessions/commands.ts';
import { createHandlers } from '../../src/sessions/commands/handlers.ts';
import { createPreview, type Previewed } from '../../src/sessions/preview.ts';
import type { Effect } from '../../src/sessions/effect.ts';
import { timelineArbitrary } from '../audit/reference-model/timelines.ts';
import { holds } from '../billing/replay.ts';
import { ADMIN, CLINIC } from '../billing/specimens.ts';
import { openWalk, type Walk } from '../billing/timeline-walk.ts';

const FILE = 'tests/sessions/preview-agrees.test.ts';
/** With as many accounts in each run as it has probes. */
const RUNS = 2_200;
const PROBES = 8;

const handlers = createHandlers({ policy: CLINIC, window: { earlyStartMs: 0, startWindowMs: null } });

type ActOf<Kind extends Previewed> = {
  readonly [K in Kind]: { readonly kind: K; readonly command: Commands[K] };
}[Kind];
type Act = ActOf<Previewed>;

const probe = fc.record({
  kind: fc.constantFrom<Previewed>('endByAdmin', 'refund', 'takeBack', 'adjust'),
  /** How far through the timeline, and how long the administrator looks at the preview. */
  at: fc.integer({ min: 3, max: 60 }),
  looksFor: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(30) }),
  /** Whether somebody writes meanwhile what is due. */
  isSettled: fc.boolean(),
  which: fc.nat(50),
  charge: fc.boolean(),
  units: fc.integer({ min: -3, max: 3 }).filter((units) => units !== 0),
});
type Probe = typeof probe extends fc.Arbitrary<infer Drawn> ? Drawn : never;

test('a preview says what then happens, on ten thousand random accounts, and writes nothing', async () => {
  const tally = { probes: 0, done: 0, refused: 0, changed: 0, due: 0 };
  const property = fc.asyncProperty(
    timelineArbitrary,
    fc.array(probe, { minLength: PROBES, maxLength: PROBES }),
    async (timeline, probes) => {
      const actions = timeline.actions.filter((action) => action.kind !== 'adjust' || action.units !== 0);
      const walk = await openWalk(actions, false);
      const inOrder = probes.toSorted((a, b) => a.at - b.at);
      let done = 0;
      let clock = 0;
      const goTo = (second: number): void => {
        clock = Math.max(clock, second);
        walk.goTo(clock);
      };
      for (const [key, each] of inOrder.entries()) {
        for (let next = actions[done]; next !== undefined && next.at <= each.at; next = actions[done]) {
          goTo(next.at);
          await walk.act(next);
          done += 1;
        }
        goTo(each.at);
        const act = actOf(each, walk, `probe ${key}`);
        if (act === null) continue;
        tally.probes += 1;
        const outcome = await agrees(walk, act, async () => {
          goTo(clock + each.looksFor);
          if (each.isSettled)
            for (const id of walk.engine.store.tables().sessions.keys()) await walk.ring(id);
          return each.looksFor === 0;
        });
        tally[outcome.what] += 1;
        if (outcome.isDue) tally.due += 1;
      }
    },
  );
  await holds(FILE, RUNS, property);

  if (process.env['RULES_RUNS'] !== undefined || process.env['RULES_SEED'] !== undefined) return;
  // Else the property would hold of next to nothing.
  expect(tally.probes).toBeGreaterThan(10_000);
  expect(tally.done).toBeGreaterThan(3_000);
  expect(tally.refused).toBeGreaterThan(500);
  expect(tally.changed).toBeGreaterThan(50);
  expect(tally.due).toBeGreaterThan(50);
}, 600_000);

/** Something to try on what there is now; null where there is nothing of the kind. */
function actOf({ kind, which, charge, units }: Probe, walk: Walk, idempotencyKey: string): Act | null {
  const { sessions, grants, entries } = walk.engine.store.tables();
  const pick = <Id>(ids: readonly Id[]): Id | undefined => ids[which % Math.max(1, ids.length)];
  const entryOf = (wanted: string): LedgerEntryId | undefined =>
    // Now and then one of another kind, which is refused.
    pick(entries.filter(({ entry }) => entry.kind === wanted || which % 7 === 0).map(({ id }) => id));
  const correction = { admin: ADMIN, note: 'n', idempotencyKey };
  switch (kind) {
    case 'endByAdmin': {
      const id = pick([...sessions.keys()]);
      return id === undefined
        ? null
        : { kind, command: { sessionId: sessionId(id), admin: ADMIN, note: 'n', charge } };
    }
    case 'adjust': {
      const id = pick([...grants.keys()]);
      return id === undefined ? null : { kind, command: { ...correction, grantId: grantId(id), units } };
    }
    case 'refund':
    case 'takeBack': {
      const id = entryOf(kind === 'refund' ? 'charge' : 'refund');
      return id === undefined ? null : { kind, command: { ...correction, entryId: ledgerEntryId(id) } };
    }
  }
}

type Outcome = Outcomes[Previewed];

const previewed = <K extends Previewed>(walk: Walk, { kind, command }: ActOf<K>): Promise<Outcome> =>
  createPreview(walk.engine.store.read, handlers)(kind, command);

const carriedOut = <K extends Previewed>(
  walk: Walk,
  { kind, command }: ActOf<K>,
  isExpected: (effect: Effect) => boolean,
): Promise<Outcome> => walk.engine.executor.execute(kind, { ...command, isExpected });

/** `lookAtIt`: what happens while the preview is looked at; true where no time passes. */
async function agrees(walk: Walk, act: Act, lookAtIt: () => Promise<boolean>) {
  const { store } = walk.engine;
  const before = store.tables();
  const shown = await previewed(walk, act);
  expect(store.tables()).toBe(before);

  const isAtOnce = await lookAtIt();
  const looked = store.tables();
  const now = await previewed(walk, act);
  const tag = tagOf(shown);
  if (isAtOnce) expect(tagOf(now)).toBe(tag);
  const happened = await carriedOut(walk, act, (effect) => etagOf(effect) === tag);
  const isDue = 'effect' in shown && shown.effect.dueAnyway.entries.length > 0;
  const written = store.tables().entries.slice(looked.entries.length);
  const byAdmin = written.filter(({ actor }) => actor.role === 'admin');

  if (!('effect' in now)) {
    expect(happened).toEqual(now);
    expect(byAdmin).toEqual([]);
    return { what: 'refused' as const, isDue };
  }
  if (tagOf(now) !== tag) {
    expect(happened).toEqual({ kind: 'effect_changed', effect: now.effect });
    expect(byAdmin).toEqual([]);
    return { what: 'changed' as const, isDue };
  }
  expect(happened).toEqual(now);
  const { effect } = now;
  expect(byAdmin.map(({ entry }) => entry)).toEqual(effect.adds.entries);
  const due = written.filter(({ actor }) => actor.role === 'system').map(({ entry }) => entry);
  expect(due).toEqual(expect.arrayContaining([...effect.dueAnyway.entries]));
  becomes(walk, effect);
  return { what: 'done' as const, isDue };
}

const tagOf = (outcome: Outcome): string => ('effect' in outcome ? etagOf(outcome.effect) : outcome.kind);

/** What the effect says of grants and sessions is so now. */
function becomes({ engine: { store } }: Walk, effect: Effect): void {
  const { grants, sessions } = store.tables();
  for (const { grantId: id, before, after } of effect.grants) {
    expect(grants.get(id)?.remaining).toBe(after);
    const added = effect.adds.entries.filter((entry) => entry.grantId === id);
    expect(after - before).toBe(added.reduce((sum, { units }) => sum + units, 0));
  }
  const funded = (id: SessionId): Instant | null => {
    const session = sessions.get(id)?.session;
    if (session?.state !== 'active') return null;
    const own = [...grants.values()].filter(({ patientId }) => patientId === session.patientId);
    return fundedUntil(session, own);
  };
  for (const other of effect.otherSessions) {
    expect(funded(other.sessionId)).toBe(other.fundedUntil);
    expect(other.fundedUntil).not.toBe(other.fundedUntilBefore);
  }
  if (effect.session === null) return;
  expect(effect.session.fundedUntil).toBe(funded(effect.session.sessionId));
  const { sessionId: id, unitsBefore, unitsAfter } = effect.session;
  expect(sessions.get(id)?.session.unitsUsed).toBe(unitsAfter);
  const added = effect.adds.entries.filter((entry) => entry.sessionId === id);
  expect(unitsAfter - unitsBefore).toBe(0 - added.reduce((sum, { units }) => sum + units, 0));
}
