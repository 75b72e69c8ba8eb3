/**
 * Random timelines, made so that the fast rules and the naive model get every chance to disagree. Everything
 * happens on a small scale, and most instants sit on a boundary or a deadline, or one second beside it.
 */
import * as fc from 'fast-check';

import {
  instantArbitrary,
  meetingInstantArbitrary,
  mostly,
  policyArbitrary,
  secondOf,
  type Instant,
  type PlannedSession,
} from './instants.ts';
import type { Action, Policy, Role } from '../../../src/audit/reference-model/naive-types.ts';

export type Timeline = {
  /** The first second. Nothing is earlier. */
  readonly from: number;
  /** The last second. Nothing is later. */
  readonly until: number;
  /** In time order; at one instant they apply in the order given. No grant is made twice. */
  readonly actions: readonly Action[];
  /** Rising, with repeats: instants at which somebody happens to settle the accounts. */
  readonly settleAt: readonly number[];
};

/** `rank` decides the order of actions at one instant. */
type Ranked = { readonly rank: number; readonly action: Action };

const rank = fc.nat(3);
const role = fc.constantFrom<Role>('patient', 'doctor');

/** An instant near one of the patient's sessions. The number wraps round, so it always names one. */
const anywhere = fc.record({ session: fc.nat(2), instant: instantArbitrary });

const sessionPlan = fc.record({
  /** Counted in blocks of the clinic's policy, so that the sessions of an account often meet. */
  start: fc.oneof(
    fc.record({ blocks: fc.nat(2), seconds: fc.integer({ min: 3, max: 5 }), rank }),
    fc.record({ blocks: fc.constant(0), seconds: fc.nat(30), rank }),
  ),
  /** Null is the clinic's. */
  ownPolicy: fc.option(policyArbitrary, { freq: 2 }),
  /** An early message. Without it most sessions end for want of any. */
  opening: mostly(fc.record({ role, seconds: fc.nat(4), rank }), fc.constant(null)),
  writes: fc.array(fc.record({ role, instant: instantArbitrary, rank }), { maxLength: 10 }),
  /** Nobody writes after this, so that deadlines come true, often two of them at once. */
  lastWord: fc.option(fc.record({ role, instant: meetingInstantArbitrary, rank }), { freq: 2 }),
  ends: fc.array(
    fc.record({
      by: fc.constantFrom('patient', 'doctor', 'charging_admin', 'sparing_admin'),
      instant: instantArbitrary,
      rank,
    }),
    { maxLength: 2 },
  ),
  restarts: fc.array(fc.record({ policy: policyArbitrary, instant: instantArbitrary, rank }), {
    maxLength: 1,
  }),
  refunds: fc.array(
    fc.record({
      intervalNo: fc.integer({ min: 1, max: 4 }),
      laterSeconds: fc.nat(20),
      rank,
      /** When each is tried, in seconds after the refund. */
      takenBack: fc.array(fc.nat(15), { maxLength: 2 }),
    }),
    { maxLength: 3 },
  ),
  takeBacks: fc.array(
    fc.record({ intervalNo: fc.integer({ min: 1, max: 4 }), laterSeconds: fc.nat(40), rank }),
    { maxLength: 1 },
  ),
});

const grantPlan = fc.record({
  units: mostly(fc.integer({ min: 1, max: 4 }), fc.constant(0)),
  /** Null is the first second of the walk. */
  at: mostly(fc.constant(null), anywhere),
  startsAt: mostly(fc.constant(null), anywhere),
  expiresAt: fc.option(anywhere, { freq: 2 }),
  rank,
});

const accountPlan = fc.record({
  sessions: fc.array(sessionPlan, { minLength: 1, maxLength: 3 }),
  grants: mostly(fc.array(grantPlan, { minLength: 2, maxLength: 4 }), fc.array(grantPlan, { maxLength: 1 })),
  adjustments: fc.array(
    fc.record({ grant: fc.nat(3), units: fc.integer({ min: -3, max: 3 }), at: anywhere, rank }),
    { maxLength: 3 },
  ),
  revalidations: fc.array(
    fc.record({
      grant: fc.nat(3),
      startsAt: mostly(fc.constant(null), anywhere),
      expiresAt: fc.option(anywhere, { freq: 2 }),
      at: anywhere,
      rank,
    }),
    { maxLength: 2 },
  ),
});

const timelinePlan = fc.record({
  until: fc.integer({ min: 60, max: 150 }),
  clinicPolicy: policyArbitrary,
  accounts: fc.array(accountPlan, { minLength: 1, maxLength: 2 }),
  settles: fc.array(anywhere, { maxLength: 8 }),
});

type Made<By> = By extends fc.Arbitrary<infer Plan> ? Plan : never;
type SessionPlan = Made<typeof sessionPlan>;
type GrantPlan = Made<typeof grantPlan>;
type AccountPlan = Made<typeof accountPlan>;
type Anywhere = Made<typeof anywhere>;

/**
 * One or two patients, each with up to three sessions and four grants. Patients are 1 and 2, and their
 * sessions and grants are 11, 12 … and 21, 22 … Shrinks towards fewer actions and plainer instants.
 */
export const timelineArbitrary: fc.Arbitrary<Timeline> = timelinePlan.map((plan) => {
  const accounts = plan.accounts.map((account, i) => buildAccount(account, i + 1, plan.clinicPolicy));
  const isInside = (at: number) => at >= 0 && at <= plan.until;
  const actions = accounts
    .flatMap((account) => account.actions)
    .filter(({ action }) => isInside(action.at))
    .sort((a, b) => a.action.at - b.action.at || a.rank - b.rank)
    .map(({ action }) => action);
  const sessions = accounts.flatMap((account) => account.sessions);
  const settleAt = plan.settles.map((where) => secondNear(where, sessions)).filter(isInside);
  return { from: 0, until: plan.until, actions, settleAt: settleAt.sort((a, b) => a - b) };
});

/** Whose session or grant it is, from the way that these timelines number them. */
export function accountOf(id: number): number {
  return Math.floor(id / 10);
}

function buildAccount(plan: AccountPlan, patientId: number, clinicPolicy: Policy) {
  const built = plan.sessions.map((session, i) =>
    buildSession(session, { patientId, sessionId: patientId * 10 + i + 1, clinicPolicy }),
  );
  const sessions = built.map(({ session }) => session);
  const grants = plan.grants.map((grant, i) =>
    buildGrant(grant, { patientId, grantId: patientId * 10 + i + 1, sessions }),
  );
  const adjustments = plan.adjustments.map(({ grant, units, at, rank: order }): Ranked => {
    const action = { kind: 'adjust', grantId: patientId * 10 + grant + 1, units } as const;
    return { rank: order, action: { ...action, at: secondNear(at, sessions) } };
  });
  const revalidations = plan.revalidations.map(({ grant, at, rank: order, ...terms }): Ranked => {
    const action = { kind: 'set_validity', grantId: patientId * 10 + grant + 1 } as const;
    return {
      rank: order,
      action: { ...action, ...validityOf(terms, sessions), at: secondNear(at, sessions) },
    };
  });
  const ofSessions = built.flatMap(({ actions }) => actions);
  return { sessions, actions: [...grants, ...ofSessions, ...adjustments, ...revalidations] };
}

function buildSession(
  plan: SessionPlan,
  ids: { patientId: number; sessionId: number; clinicPolicy: Policy },
): { session: PlannedSession; actions: Ranked[] } {
  const { patientId, sessionId, clinicPolicy } = ids;
  const policy = plan.ownPolicy ?? clinicPolicy;
  const startsAt = plan.start.blocks * clinicPolicy.intervalSeconds + plan.start.seconds;
  const session = { startsAt, policy, writes: planWrites(plan, { startsAt, policy, writes: [] }) };
  const second = (instant: Instant) => secondOf(instant, session);
  const starts = [
    { at: startsAt, policy, rank: plan.start.rank },
    ...plan.restarts.map((again) => ({ ...again, at: second(again.instant) })),
  ].map(({ at, policy: under, rank: order }): Ranked => {
    return { rank: order, action: { at, kind: 'start', sessionId, patientId, policy: under } };
  });
  const writes = session.writes.map(({ at, role: by, rank: order }): Ranked => {
    return { rank: order, action: { at, kind: 'write', sessionId, role: by } };
  });
  const ends = plan.ends.map(({ by, instant, rank: order }): Ranked => {
    return { rank: order, action: endAction(by, { at: second(instant), sessionId }) };
  });
  const refunds = plan.refunds.map(({ intervalNo, laterSeconds, rank: order }): Ranked => {
    const at = startsAt + intervalNo * policy.intervalSeconds + laterSeconds;
    return { rank: order, action: { at, kind: 'refund', sessionId, intervalNo } };
  });
  const takeBacks = [
    ...plan.takeBacks,
    ...plan.refunds.flatMap(({ takenBack, laterSeconds, ...refund }) =>
      takenBack.map((seconds) => Object.assign({ laterSeconds: laterSeconds + seconds }, refund)),
    ),
  ].map(({ intervalNo, laterSeconds, rank: order }): Ranked => {
    const at = startsAt + intervalNo * policy.intervalSeconds + laterSeconds;
    return { rank: order, action: { at, kind: 'take_back', sessionId, intervalNo } };
  });
  return { session, actions: [...starts, ...writes, ...ends, ...refunds, ...takeBacks] };
}

/** Each message may lean on those planned before it: "just before the idle deadline that they made". */
function planWrites({ opening, writes: plans, lastWord }: SessionPlan, start: PlannedSession) {
  const writes: { at: number; role: Role; rank: number }[] = [];
  if (opening !== null) writes.push({ ...opening, at: start.startsAt + opening.seconds });
  for (const { role: by, instant, rank: order } of plans)
    writes.push({ at: secondOf(instant, { ...start, writes }), role: by, rank: order });

  if (lastWord === null) return writes;
  const last = { ...lastWord, at: secondOf(lastWord.instant, { ...start, writes }) };
  if (last.at < start.startsAt) return writes;
  return [...writes.filter(({ at }) => at < last.at), last];
}

function endAction(by: SessionPlan['ends'][number]['by'], where: { at: number; sessionId: number }): Action {
  if (by === 'patient' || by === 'doctor') return { ...where, kind: 'end', by };
  return { ...where, kind: 'admin_end', charge: by === 'charging_admin' };
}

function buildGrant(
  plan: GrantPlan,
  owner: { patientId: number; grantId: number; sessions: readonly PlannedSession[] },
): Ranked {
  const { patientId, grantId, sessions } = owner;
  const action = { kind: 'grant', grantId, patientId, units: plan.units } as const;
  const at = plan.at === null ? 0 : secondNear(plan.at, sessions);
  return { rank: plan.rank, action: { ...action, ...validityOf(plan, sessions), at } };
}

/** From the first second of the walk, where the plan does not say; never empty. */
function validityOf(
  plan: { startsAt: Anywhere | null; expiresAt: Anywhere | null },
  sessions: readonly PlannedSession[],
) {
  const startsAt = plan.startsAt === null ? 0 : secondNear(plan.startsAt, sessions);
  if (plan.expiresAt === null) return { startsAt, expiresAt: null };
  return { startsAt, expiresAt: Math.max(startsAt + 1, secondNear(plan.expiresAt, sessions)) };
}

function secondNear({ session, instant }: Anywhere, sessions: readonly PlannedSession[]): number {
  const near = sessions[session % sessions.length];
  return near === undefined ? 0 : secondOf(instant, near);
}
