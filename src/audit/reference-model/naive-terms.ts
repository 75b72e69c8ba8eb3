/** A session's policy in instants: the unit of the walk, whichever that is. */
import type { Policy } from './naive-types.ts';

/** As `Policy`, each time a whole number of instants. */
export type Terms = {
  readonly interval: number;
  readonly firstActivity: number;
  readonly noActivityUnits: 0 | 1;
  readonly endGrace: number;
  readonly idle: number | null;
  readonly doctorResponse: number | null;
  readonly maxDuration: number | null;
};

/** Throws a RangeError for a policy that no session can start under, or that does not fit the scale. */
export function termsOf(policy: Policy, instantsPerSecond: number): Terms {
  const instants = (name: keyof Policy, seconds: number, least: number): number => {
    const exact = seconds * instantsPerSecond;
    const whole = Math.round(exact);
    // A time like 1.001 s is no binary fraction, so its product with 1000 misses the whole number by a hair.
    if (Math.abs(exact - whole) < 1e-6 && whole >= least) return whole;
    throw new RangeError(`${name} must be a whole number of instants, at least ${least}, got ${exact}`);
  };
  const instantsOrOff = (name: keyof Policy, seconds: number | null): number | null =>
    seconds === null ? null : instants(name, seconds, 1);

  const terms = {
    interval: instants('intervalSeconds', policy.intervalSeconds, 1),
    firstActivity: instants('firstActivitySeconds', policy.firstActivitySeconds, 1),
    noActivityUnits: policy.noActivityUnits,
    endGrace: instants('endGraceSeconds', policy.endGraceSeconds, 0),
    idle: instantsOrOff('idleSeconds', policy.idleSeconds),
    doctorResponse: instantsOrOff('doctorResponseSeconds', policy.doctorResponseSeconds),
    maxDuration: instantsOrOff('maxDurationSeconds', policy.maxDurationSeconds),
  };
  if (terms.firstActivity > terms.interval)
    throw new RangeError('firstActivitySeconds must not be more than intervalSeconds');
  return terms;
}
