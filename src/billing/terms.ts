import { flawOf, type Policy, type PolicyFlaw } from './policy.ts';

/** What one appointment says otherwise than the settings (R13); null: as the settings say. */
export type Terms = { readonly [Name in keyof Policy]: Policy[Name] | null };

/** What is to be said otherwise from now on. What is absent stays; null: as the settings say. */
export type TermsChange = { readonly [Name in keyof Policy]?: Policy[Name] | null | undefined };

const NO_TERMS: Terms = {
  intervalMs: null,
  firstActivityMs: null,
  noActivityUnits: null,
  endGraceMs: null,
  idleMs: null,
  doctorResponseMs: null,
  maxDurationMs: null,
};

/** Takes everything back to what the settings say. */
export const NO_TERMS_ANY_MORE: TermsChange = NO_TERMS;

/** The terms after a change; null where they say nothing. */
export function changedTerms(terms: Terms | null, change: TermsChange): Terms | null {
  const before = terms ?? NO_TERMS;
  const changed: Terms = {
    intervalMs: after(change.intervalMs, before.intervalMs),
    firstActivityMs: after(change.firstActivityMs, before.firstActivityMs),
    noActivityUnits: after(change.noActivityUnits, before.noActivityUnits),
    endGraceMs: after(change.endGraceMs, before.endGraceMs),
    idleMs: after(change.idleMs, before.idleMs),
    doctorResponseMs: after(change.doctorResponseMs, before.doctorResponseMs),
    maxDurationMs: after(change.maxDurationMs, before.maxDurationMs),
  };
  return isSame(changed, NO_TERMS) ? null : changed;
}

const after = <Value>(change: Value | undefined, before: Value): Value =>
  change === undefined ? before : change;

export const areSameTerms = (a: Terms | null, b: Terms | null): boolean =>
  isSame(a ?? NO_TERMS, b ?? NO_TERMS);

const isSame = (a: Terms, b: Terms): boolean =>
  a.intervalMs === b.intervalMs &&
  a.firstActivityMs === b.firstActivityMs &&
  a.noActivityUnits === b.noActivityUnits &&
  a.endGraceMs === b.endGraceMs &&
  a.idleMs === b.idleMs &&
  a.doctorResponseMs === b.doctorResponseMs &&
  a.maxDurationMs === b.maxDurationMs;

/**
 * The policy of a session that starts now: the terms over the settings. A shorter block shortens with it what must not be
 * longer than a block, whoever said that: the time for the first activity, and the grace.
 */
export function policyUnder(terms: Terms | null, settings: Policy): Policy {
  if (terms === null) return settings;
  const intervalMs = terms.intervalMs ?? settings.intervalMs;
  return {
    intervalMs,
    firstActivityMs: Math.min(terms.firstActivityMs ?? settings.firstActivityMs, intervalMs),
    noActivityUnits: terms.noActivityUnits ?? settings.noActivityUnits,
    endGraceMs: Math.min(terms.endGraceMs ?? settings.endGraceMs, intervalMs),
    idleMs: terms.idleMs ?? settings.idleMs,
    doctorResponseMs: terms.doctorResponseMs ?? settings.doctorResponseMs,
    maxDurationMs: terms.maxDurationMs ?? settings.maxDurationMs,
  };
}

/** The first thing that is wrong with what the terms themselves say, over these settings; null where they are sound. */
export function flawOfTerms(terms: Terms, settings: Policy): PolicyFlaw | null {
  const merged = policyUnder(terms, settings);
  return flawOf({
    ...merged,
    firstActivityMs: terms.firstActivityMs ?? merged.firstActivityMs,
    endGraceMs: terms.endGraceMs ?? 0,
  });
}
