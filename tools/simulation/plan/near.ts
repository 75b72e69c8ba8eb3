/** Instants that are worth trying: on a deadline of a session, or a ms beside it. */
import type { Role } from '../../../src/billing/account.ts';
import type { Policy } from '../../../src/billing/policy.ts';
import type { TermsChange } from '../../../src/billing/terms.ts';
import type { Random } from '../../kit/random.ts';

/** What is planned of a session so far. */
export interface PlannedSession {
  readonly appointment: number;
  readonly startsAtMs: number;
  readonly terms: TermsChange;
  /** The terms over the settings. */
  readonly policy: Policy;
  readonly writes: { readonly atMs: number; readonly by: Role }[];
}

/** On one of its deadlines as they stand, or a ms before or after; now and then anywhere. */
export function nearADeadline(random: Random, session: PlannedSession): number {
  const { startsAtMs, policy, writes } = session;
  const boundary = startsAtMs + random.between(0, 5) * policy.intervalMs;
  const lastWrite = Math.max(startsAtMs, ...writes.map(({ atMs }) => atMs));
  const firstOfPatient = Math.min(...writes.filter(({ by }) => by === 'patient').map(({ atMs }) => atMs));
  const candidates: [number, ...number[]] = [boundary, boundary, boundary + policy.endGraceMs];
  candidates.push(startsAtMs + policy.firstActivityMs, lastWrite + random.between(1, policy.intervalMs));
  if (policy.idleMs !== null) candidates.push(lastWrite + policy.idleMs, boundary - policy.idleMs);
  if (policy.maxDurationMs !== null) candidates.push(startsAtMs + policy.maxDurationMs);
  if (policy.doctorResponseMs !== null) {
    candidates.push(boundary - policy.doctorResponseMs);
    if (firstOfPatient < Infinity) candidates.push(firstOfPatient + policy.doctorResponseMs);
  }
  const shift = random.pick([0, 0, 0, -1, 1, random.between(-20, 20), random.between(-500, 500)]);
  return Math.max(0, random.pick(candidates) + shift);
}
