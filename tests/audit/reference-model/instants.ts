/**
 * Random policies, and random instants described by what they are near to: "one second before the second
 * boundary" and not "19". A described instant stays interesting while a failing timeline is made smaller.
 */
import * as fc from 'fast-check';

import type { Policy, Role } from '../../../src/audit/reference-model/naive-types.ts';

/** What the instants of one session hang on: its start, its policy, and the messages planned so far. */
export type PlannedSession = {
  readonly startsAt: number;
  readonly policy: Policy;
  readonly writes: readonly { readonly at: number; readonly role: Role }[];
};

export type Instant = {
  readonly near:
    | 'start'
    | 'last_write'
    | 'boundary'
    | 'grace'
    | 'first_activity'
    | 'idle'
    | 'doctor_response'
    | 'max_duration'
    /** Where a message makes two deadlines fall on one instant. */
    | 'idle_meets_boundary'
    | 'idle_meets_max_duration'
    | 'response_meets_boundary';
  /** Which boundary, where there is talk of one, and in place of a deadline that the policy switches off. */
  readonly block: number;
  readonly shiftSeconds: number;
};

export const instantArbitrary: fc.Arbitrary<Instant> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record<Instant>({
      near: fc.constant('last_write'),
      block: fc.constant(0),
      shiftSeconds: fc.nat(8),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record<Instant>({
      near: fc.constantFrom(
        'boundary',
        'grace',
        'first_activity',
        'idle',
        'doctor_response',
        'max_duration',
        'boundary',
      ),
      block: fc.nat(5),
      shiftSeconds: fc.integer({ min: -1, max: 1 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record<Instant>({
      near: fc.constant('start'),
      block: fc.constant(0),
      shiftSeconds: fc.nat(80),
    }),
  },
);

/** For a message that makes two deadlines fall on one instant, or one second beside it. */
export const meetingInstantArbitrary: fc.Arbitrary<Instant> = fc.record({
  near: fc.constantFrom('idle_meets_boundary', 'idle_meets_max_duration', 'response_meets_boundary'),
  block: fc.integer({ min: 1, max: 5 }),
  shiftSeconds: fc.oneof(fc.constant(0), fc.integer({ min: -1, max: 1 })),
});

/** The second that a described instant stands for. May fall before the walk or after it. */
export function secondOf(instant: Instant, session: PlannedSession): number {
  return nearestSecond(instant, session) + instant.shiftSeconds;
}

function nearestSecond({ near, block }: Instant, { startsAt, policy, writes }: PlannedSession): number {
  const boundary = startsAt + block * policy.intervalSeconds;
  const longest = policy.maxDurationSeconds === null ? boundary : startsAt + policy.maxDurationSeconds;
  const lastWriteAt = Math.max(startsAt, ...writes.map(({ at }) => at));
  const firstOfPatientAt = Math.min(...writes.filter(({ role }) => role === 'patient').map(({ at }) => at));
  switch (near) {
    case 'start':
      return startsAt;
    case 'last_write':
      return lastWriteAt;
    case 'boundary':
      return boundary;
    case 'grace':
      return boundary + policy.endGraceSeconds;
    case 'first_activity':
      return startsAt + policy.firstActivitySeconds;
    case 'idle':
      return policy.idleSeconds === null ? boundary : lastWriteAt + policy.idleSeconds;
    case 'doctor_response':
      if (policy.doctorResponseSeconds === null || firstOfPatientAt === Infinity) return boundary;
      return firstOfPatientAt + policy.doctorResponseSeconds;
    case 'max_duration':
      return longest;
    case 'idle_meets_boundary':
      return boundary - (policy.idleSeconds ?? 0);
    case 'idle_meets_max_duration':
      return longest - (policy.idleSeconds ?? 0);
    case 'response_meets_boundary':
      return boundary - (policy.doctorResponseSeconds ?? 0);
  }
}

/** The first in three cases of four. */
export const mostly = <Usual, Rare>(usual: fc.Arbitrary<Usual>, rare: fc.Arbitrary<Rare>) =>
  fc.oneof({ weight: 3, arbitrary: usual }, { weight: 1, arbitrary: rare });

type Length = { readonly blocks: number; readonly extraSeconds: number };

/** A length in blocks and seconds, so that deadlines often meet a boundary exactly. Often off. */
const offOrLength = (maxBlocks: number): fc.Arbitrary<Length | null> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    {
      weight: 3,
      arbitrary: fc.record({
        blocks: fc.integer({ min: 1, max: maxBlocks }),
        extraSeconds: fc.oneof(fc.constant(0), fc.integer({ min: -1, max: 1 })),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ blocks: fc.constant(0), extraSeconds: fc.integer({ min: 1, max: 30 }) }),
    },
  );

export const policyArbitrary: fc.Arbitrary<Policy> = fc
  .record({
    intervalSeconds: fc.integer({ min: 5, max: 12 }),
    earlierFirstActivitySeconds: fc.oneof(fc.constant(0), fc.nat(8)),
    noActivityUnits: fc.constantFrom<0 | 1>(1, 0),
    endGraceSeconds: fc.oneof(fc.constant(0), fc.nat(6)),
    idle: offOrLength(3),
    doctorResponse: offOrLength(3),
    maxDuration: offOrLength(6),
  })
  .map((plan) => {
    const { intervalSeconds, noActivityUnits, endGraceSeconds } = plan;
    const seconds = (length: Length | null) =>
      length === null ? null : length.blocks * intervalSeconds + length.extraSeconds;
    return {
      intervalSeconds,
      firstActivitySeconds: Math.max(1, intervalSeconds - plan.earlierFirstActivitySeconds),
      noActivityUnits,
      endGraceSeconds,
      idleSeconds: seconds(plan.idle),
      doctorResponseSeconds: seconds(plan.doctorResponse),
      maxDurationSeconds: seconds(plan.maxDuration),
    };
  });
