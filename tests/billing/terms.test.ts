/** R13: the terms of an appointment go over the settings. */
import { assert, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flawOf, type Policy } from '../../src/billing/policy.ts';
import {
  areSameTerms,
  changedTerms,
  flawOfTerms,
  NO_TERMS_ANY_MORE,
  policyUnder,
  type Terms,
  type TermsChange,
} from '../../src/billing/terms.ts';
import { CLINIC } from './specimens.ts';

const MINUTE = 60_000;

/** Ten-minute blocks, five minutes to write in, two minutes of grace. */
const SETTINGS: Policy = {
  ...CLINIC,
  firstActivityMs: 5 * MINUTE,
  endGraceMs: 2 * MINUTE,
  idleMs: 4 * MINUTE,
};

/** Terms of which these are said. */
function saying(change: TermsChange): Terms {
  const terms = changedTerms(null, change);
  if (terms === null) throw new Error('these terms say nothing');
  return terms;
}

describe('the policy of a session under terms', () => {
  test('is the settings where there are none', () => {
    expect(policyUnder(null, SETTINGS)).toEqual(SETTINGS);
  });

  test.each([
    ['a block of 50 minutes', { intervalMs: 50 * MINUTE }, { intervalMs: 50 * MINUTE }],
    [
      'a block shorter than the first activity and the grace',
      { intervalMs: MINUTE },
      { intervalMs: MINUTE, firstActivityMs: MINUTE, endGraceMs: MINUTE },
    ],
    [
      'a block between the two',
      { intervalMs: 3 * MINUTE },
      { intervalMs: 3 * MINUTE, firstActivityMs: 3 * MINUTE },
    ],
    [
      'a block and a first activity',
      { intervalMs: 3 * MINUTE, firstActivityMs: MINUTE },
      { intervalMs: 3 * MINUTE, firstActivityMs: MINUTE },
    ],
    ['free silence', { noActivityUnits: 0 }, { noActivityUnits: 0 }],
    ['no grace', { endGraceMs: 0 }, { endGraceMs: 0 }],
    [
      'deadlines of its own',
      { idleMs: 1000, doctorResponseMs: 2000, maxDurationMs: 3000 },
      { idleMs: 1000, doctorResponseMs: 2000, maxDurationMs: 3000 },
    ],
  ] satisfies [string, TermsChange, Partial<Policy>][])(
    '%s: the rest is as the settings say',
    (_, terms, own) => {
      expect(policyUnder(saying(terms), SETTINGS)).toEqual({ ...SETTINGS, ...own });
    },
  );
});

describe('a change of terms', () => {
  const before = saying({ intervalMs: 3 * MINUTE, idleMs: 1000 });

  test('leaves what it does not name', () => {
    expect(changedTerms(before, {})).toEqual(before);
    expect(changedTerms(before, { idleMs: undefined, endGraceMs: 0 })).toEqual({ ...before, endGraceMs: 0 });
  });

  test('takes one term back by null, or all of them', () => {
    expect(changedTerms(before, { idleMs: null })).toEqual({ ...before, idleMs: null });
    expect(changedTerms(before, { idleMs: null, intervalMs: null })).toBeNull();
    expect(changedTerms(before, NO_TERMS_ANY_MORE)).toBeNull();
  });

  test('that says what was said before is none', () => {
    expect(areSameTerms(changedTerms(before, { idleMs: 1000, endGraceMs: null }), before)).toBe(true);
    expect(areSameTerms(null, changedTerms(null, { idleMs: null }))).toBe(true);
  });

  test.each(Object.keys(NO_TERMS_ANY_MORE))('of %s alone is one', (name) => {
    expect(areSameTerms(changedTerms(before, { [name]: 1 }), before)).toBe(false);
    expect(areSameTerms(null, changedTerms(null, { [name]: 1 }))).toBe(false);
  });
});

describe('terms over these settings', () => {
  test.each([
    [{ intervalMs: MINUTE }, null],
    [{ firstActivityMs: 10 * MINUTE }, null],
    [{ firstActivityMs: 10 * MINUTE + 1 }, 'firstActivityMs'],
    [{ intervalMs: MINUTE, firstActivityMs: MINUTE + 1 }, 'firstActivityMs'],
    [{ intervalMs: 20 * MINUTE, firstActivityMs: 20 * MINUTE }, null],
    [{ endGraceMs: 10 * MINUTE - 1 }, null],
    [{ endGraceMs: 10 * MINUTE }, 'endGraceMs'],
    [{ intervalMs: MINUTE, endGraceMs: MINUTE }, 'endGraceMs'],
    [{ intervalMs: 999 }, 'intervalMs'],
    [{ idleMs: 0 }, 'idleMs'],
    [{ doctorResponseMs: 0 }, 'doctorResponseMs'],
    [{ maxDurationMs: 0 }, 'maxDurationMs'],
  ] satisfies [TermsChange, keyof Policy | null][])('%j: the flaw is in %s', (terms, part) => {
    expect(flawOfTerms(saying(terms), SETTINGS)?.part ?? null).toBe(part);
  });
});

const soundSettings = ({
  intervalMs,
  firstActivityMs,
  endGraceMs,
}: Pick<Policy, 'intervalMs' | 'firstActivityMs' | 'endGraceMs'>): Policy => ({
  ...CLINIC,
  intervalMs,
  firstActivityMs: Math.min(firstActivityMs, intervalMs),
  endGraceMs: Math.min(endGraceMs, intervalMs - 1),
});

describe('for any terms and any settings', () => {
  const ms = integer({ min: 1, max: 20_000 });
  const settings = record({
    intervalMs: integer({ min: 1000, max: 20_000 }),
    firstActivityMs: ms,
    endGraceMs: ms,
  }).map((drawn) => soundSettings(drawn));
  const terms = record(
    {
      intervalMs: integer({ min: 1000, max: 20_000 }),
      firstActivityMs: ms,
      noActivityUnits: constantFrom<0 | 1>(0, 1),
      endGraceMs: ms,
      idleMs: ms,
      doctorResponseMs: ms,
      maxDurationMs: ms,
    },
    { requiredKeys: [] },
  ).map((change: TermsChange) => changedTerms(null, change));

  test('neither the first activity nor the grace is longer than a block, and all else comes from the terms or from the settings', () => {
    assert(
      property(terms, settings, (own, general) => {
        const policy = policyUnder(own, general);
        expect(policy.firstActivityMs).toBeLessThanOrEqual(policy.intervalMs);
        expect(policy.endGraceMs).toBeLessThanOrEqual(policy.intervalMs);
        expect(flawOf({ ...policy, endGraceMs: 0 })).toBeNull();
        expect(policy.idleMs).toBe(own?.idleMs ?? general.idleMs);
        expect(policy.noActivityUnits).toBe(own?.noActivityUnits ?? general.noActivityUnits);
      }),
    );
  });

  test('terms without a flaw are kept to the letter', () => {
    assert(
      property(terms, settings, (own, general) => {
        if (own === null || flawOfTerms(own, general) !== null) return;
        const said = Object.entries(own).filter(([, value]) => value !== null);
        expect(policyUnder(own, general)).toMatchObject(Object.fromEntries(said));
      }),
    );
  });

  test('terms that name the whole policy leave nothing to the settings', () => {
    assert(
      property(settings, settings, (own, general) => {
        const all: TermsChange = { ...own, idleMs: 1, doctorResponseMs: 1, maxDurationMs: 1 };
        expect(policyUnder(changedTerms(null, all), general)).toEqual(all);
      }),
    );
  });
});
