import { Type } from 'typebox';
import { MAX_POLICY_SECONDS, type Policy, type PolicyFlaw } from '../../billing/policy.ts';
import { NO_TERMS_ANY_MORE, type Terms, type TermsChange } from '../../billing/terms.ts';
import type { FieldError } from '../envelope.ts';
import { nullable } from '../schemas.ts';

/** The policy of a session and the terms of an appointment: the same parts, in seconds. */

export const policySchema = Type.Object({
  interval_seconds: Type.Number(),
  first_activity_seconds: Type.Number(),
  no_activity_units: Type.Integer(),
  end_grace_seconds: Type.Number(),
  idle_seconds: nullable(Type.Number()),
  doctor_response_seconds: nullable(Type.Number()),
  max_duration_seconds: nullable(Type.Number()),
});

export const policyJson = (policy: Policy): Type.Static<typeof policySchema> => ({
  interval_seconds: policy.intervalMs / 1000,
  first_activity_seconds: policy.firstActivityMs / 1000,
  no_activity_units: policy.noActivityUnits,
  end_grace_seconds: policy.endGraceMs / 1000,
  idle_seconds: secondsOf(policy.idleMs),
  doctor_response_seconds: secondsOf(policy.doctorResponseMs),
  max_duration_seconds: secondsOf(policy.maxDurationMs),
});

const secondsOf = (ms: number | null): number | null => (ms === null ? null : ms / 1000);

/** The least and the most of each, as of the settings. */
const LIMITS = {
  interval_seconds: [1, MAX_POLICY_SECONDS],
  first_activity_seconds: [1, MAX_POLICY_SECONDS],
  no_activity_units: [0, 1],
  end_grace_seconds: [0, MAX_POLICY_SECONDS],
  idle_seconds: [1, MAX_POLICY_SECONDS],
  doctor_response_seconds: [1, MAX_POLICY_SECONDS],
  max_duration_seconds: [1, MAX_POLICY_SECONDS],
} as const;

type Term = keyof typeof LIMITS;

const TERM_OF = {
  intervalMs: 'interval_seconds',
  firstActivityMs: 'first_activity_seconds',
  noActivityUnits: 'no_activity_units',
  endGraceMs: 'end_grace_seconds',
  idleMs: 'idle_seconds',
  doctorResponseMs: 'doctor_response_seconds',
  maxDurationMs: 'max_duration_seconds',
} as const satisfies Record<keyof Policy, Term>;

const limitsOf = (term: Term): string => `an integer from ${LIMITS[term][0]} to ${LIMITS[term][1]}, or null`;

const term = (name: Term) => nullable(Type.Number({ description: limitsOf(name) }));

const terms = {
  interval_seconds: term('interval_seconds'),
  first_activity_seconds: term('first_activity_seconds'),
  no_activity_units: term('no_activity_units'),
  end_grace_seconds: term('end_grace_seconds'),
  idle_seconds: term('idle_seconds'),
  doctor_response_seconds: term('doctor_response_seconds'),
  max_duration_seconds: term('max_duration_seconds'),
};

export const termsSchema = Type.Object(terms, { description: 'null: as the settings say' });

/** Of a request: what is left out stays as it is. */
export const termsBody = Type.Partial(Type.Object(terms), { additionalProperties: false });

export const termsJson = (given: Terms | null): Type.Static<typeof termsSchema> => ({
  interval_seconds: secondsOf(given?.intervalMs ?? null),
  first_activity_seconds: secondsOf(given?.firstActivityMs ?? null),
  no_activity_units: given?.noActivityUnits ?? null,
  end_grace_seconds: secondsOf(given?.endGraceMs ?? null),
  idle_seconds: secondsOf(given?.idleMs ?? null),
  doctor_response_seconds: secondsOf(given?.doctorResponseMs ?? null),
  max_duration_seconds: secondsOf(given?.maxDurationMs ?? null),
});

/** Without terms nothing changes; null takes all of them back. */
export function termsChangeOf(given: Type.Static<typeof termsBody> | null | undefined): TermsChange {
  if (given === undefined) return {};
  if (given === null) return NO_TERMS_ANY_MORE;
  const units = given.no_activity_units;
  return {
    intervalMs: msOf(given.interval_seconds),
    firstActivityMs: msOf(given.first_activity_seconds),
    noActivityUnits: typeof units === 'number' ? (units === 0 ? 0 : 1) : units,
    endGraceMs: msOf(given.end_grace_seconds),
    idleMs: msOf(given.idle_seconds),
    doctorResponseMs: msOf(given.doctor_response_seconds),
    maxDurationMs: msOf(given.max_duration_seconds),
  };
}

const msOf = (seconds: number | null | undefined): number | null | undefined =>
  typeof seconds === 'number' ? seconds * 1000 : seconds;

/** Each term that is outside its limits. */
export const termsOutOfBounds = (given: Type.Static<typeof termsBody>): FieldError[] =>
  Object.values(TERM_OF).flatMap((name) => {
    const value = given[name] ?? null;
    const [least, most] = LIMITS[name];
    return value === null || (Number.isInteger(value) && value >= least && value <= most)
      ? []
      : [{ field: `terms.${name}`, message: `must be ${limitsOf(name)}` }];
  });

export const termError = ({ part, words }: PolicyFlaw): FieldError => ({
  field: `terms.${TERM_OF[part]}`,
  message: words,
});
