/** Makes the plan of one simulation from its seed. */
import type { Policy } from '../../../src/billing/policy.ts';
import { changedTerms, policyUnder, type TermsChange } from '../../../src/billing/terms.ts';
import { type Random, randomFrom } from '../../kit/random.ts';
import { makeFaults, overAtMs } from './make-faults.ts';
import { correctionsOf, grantsOf, takeBacksOf } from './make-grants.ts';
import { nearADeadline, type PlannedSession } from './near.ts';
import type { AskedAt, Command, Plan, Step } from './plan.ts';

export function makePlan(seed: number): Plan {
  const random = randomFrom(seed, 'plan');
  const termsRandom = randomFrom(seed, 'terms');
  const policy = makePolicy(random);
  const earlyStartMs = random.pick([0, 0, 100]);
  const startWindowMs = random.pick([null, null, null, 300]);
  const isCalm = random.chance(0.2);
  const newPolicies: { readonly atMs: number; readonly policy: Policy }[] =
    !isCalm && random.chance(0.25) ? [{ atMs: random.between(500, 4_000), policy: makePolicy(random) }] : [];
  const asked = Array.from({ length: random.pick([1, 1, 2]) }, (_patient, index) =>
    accountOf(index + 1, random, { policy, newPolicies, windowMs: startWindowMs, termsRandom }),
  ).flat();
  const commands = asked.map((each) => sent(each, random));
  const faults = isCalm ? [] : makeFaults(random, commands, newPolicies);
  const takeBackRandom = randomFrom(seed, 'take back');
  const takeBacks = takeBacksOf(asked, takeBackRandom).map((each) => sent(each, takeBackRandom));
  const steps: Step[] = [...commands, ...takeBacks, ...faults].sort((a, b) => a.atMs - b.atMs);
  return {
    seed,
    delays: isCalm ? 'none' : random.pick(['none', 'short', 'short', 'long']),
    policy,
    earlyStartMs,
    startWindowMs,
    sweep: {
      intervalMs: random.pick([1_000, 2_000]),
      graceMs: random.pick([200, 500]),
      limit: random.pick([1, 2, 200]),
    },
    maxBatchSize: random.pick([1, 2, 256, 256]),
    maxBatchesUnderWay: random.pick([1, 1, 2]),
    steps,
    faultsOverAtMs: Math.max(0, ...steps.map(overAtMs)),
  };
}

/** Some callers are impatient. */
function sent(asked: AskedAt, random: Random): Command {
  const againAfterMs = random.chance(0.12) ? random.pick([0, 0, 1, 10, 200, 1_000]) : null;
  return Object.assign({ is: 'command' as const, api: random.between(0, 1), againAfterMs }, asked);
}

/** The settings that a session may start under. */
interface Clinic {
  readonly policy: Policy;
  readonly newPolicies: readonly { readonly atMs: number; readonly policy: Policy }[];
  readonly windowMs: number | null;
  readonly termsRandom: Random;
}

/** Everything that happens to one patient: bookings, grants, sessions that overlap, corrections. */
function accountOf(patient: number, random: Random, clinic: Clinic): AskedAt[] {
  const { policy, newPolicies, windowMs, termsRandom } = clinic;
  const common = random.between(0, 400);
  const sessions = Array.from({ length: random.between(1, 3) }, (_session, index): PlannedSession => {
    const isTogether = random.chance(0.6);
    const startsAtMs = isTogether
      ? common + random.pick([0, 0, 1, policy.intervalMs])
      : random.between(0, 3_000);
    const news = newPolicies.find(({ atMs }) => atMs < startsAtMs);
    const terms = makeTerms(termsRandom);
    return {
      appointment: patient * 10 + index + 1,
      startsAtMs,
      terms,
      policy: policyUnder(changedTerms(null, terms), news?.policy ?? policy),
      writes: [],
    };
  });
  const asked = sessions.flatMap((session, index) =>
    sessionOf(session, { patient, index }, windowMs, random),
  );
  const near = (): number => {
    const session = sessions[random.between(0, sessions.length - 1)];
    return session === undefined ? 0 : nearADeadline(random, session);
  };
  return [...asked, ...grantsOf(patient, near, random), ...correctionsOf(patient, sessions, near, random)];
}

/** When the appointment is: long before the session starts, or so that the start is just allowed, or just not. */
function scheduledFor(startsAtMs: number, windowMs: number | null, random: Random): number {
  if (random.chance(0.2)) return startsAtMs + random.pick([-1, 0, 1, 100, 101]);
  if (windowMs === null) return 0;
  return startsAtMs - random.pick([0, 100, windowMs - 1, windowMs, windowMs + 1]);
}

/** The times of the messages. Now and then the last is at the very start of a block, and the silence after it ends the session. */
function planWrites(session: PlannedSession, random: Random): void {
  const { startsAtMs, writes, policy } = session;
  const isDoctorSilent = random.chance(0.25);
  const role = () => (isDoctorSilent ? 'patient' : random.pick(['patient', 'doctor'] as const));
  if (random.chance(0.85))
    writes.push({ atMs: startsAtMs + random.between(0, policy.firstActivityMs), by: role() });
  for (let left = random.between(0, 7); left > 0; left -= 1) {
    const atMs = nearADeadline(random, session);
    for (let burst = random.chance(0.15) ? 3 : 1; burst > 0; burst -= 1) writes.push({ atMs, by: role() });
  }
  if (policy.idleMs === null || !random.chance(0.3)) return;
  const lastMs = startsAtMs + random.between(1, 2) * policy.intervalMs;
  const before = writes.filter(({ atMs }) => atMs < lastMs);
  writes.splice(0, writes.length, ...before, { atMs: lastMs, by: role() });
}

function sessionOf(
  session: PlannedSession,
  { patient, index }: { readonly patient: number; readonly index: number },
  windowMs: number | null,
  random: Random,
): AskedAt[] {
  const { appointment, startsAtMs, terms, writes } = session;
  const role = () => random.pick(['patient', 'doctor'] as const);
  const scheduledAtMs = scheduledFor(startsAtMs, windowMs, random);
  const asked: AskedAt[] = [
    {
      atMs: 0,
      kind: 'book',
      appointment,
      patient,
      doctor: 101 + (index % 2),
      scheduledAtMs,
      isConfirmed: random.chance(0.97),
      terms,
    },
    { atMs: startsAtMs, kind: 'start', appointment, by: role() },
  ];
  if (random.chance(0.4))
    asked.push({ atMs: nearADeadline(random, session), kind: 'start', appointment, by: role() });
  planWrites(session, random);
  for (const { atMs, by } of writes) asked.push(writeOf(atMs, appointment, by, random));
  if (random.chance(0.5))
    asked.push({ atMs: nearADeadline(random, session), kind: 'end', appointment, by: role() });
  if (random.chance(0.2))
    asked.push({
      atMs: nearADeadline(random, session),
      kind: 'end_by_admin',
      appointment,
      charge: random.chance(0.5),
    });
  for (let left = random.between(0, 2); left > 0; left -= 1)
    asked.push({ atMs: nearADeadline(random, session), kind: 'status', appointment, by: role() });
  return asked;
}

/** Some messages are sent twice, and some ids are used for two texts. */
function writeOf(atMs: number, appointment: number, by: 'patient' | 'doctor', random: Random): AskedAt {
  const write = { atMs, appointment, by };
  switch (random.between(0, 4)) {
    case 0:
      return { ...write, kind: 'activity', way: 'long' };
    case 1:
      return {
        ...write,
        kind: 'message',
        message: appointment * 10 + random.between(0, 4),
        text: random.chance(0.9) ? `Hello from the ${by}` : 'Another text',
      };
    default:
      return { ...write, kind: 'activity', way: 'short' };
  }
}

/** Policies whose deadlines like to meet: most times are whole blocks, or one ms beside. */
function makePolicy(random: Random): Policy {
  const intervalMs = random.pick([1_000, 1_000, 1_500, 2_000, 3_000]);
  const isFullFirst = random.chance(0.5);
  return {
    intervalMs,
    firstActivityMs: isFullFirst ? intervalMs : random.pick([intervalMs - 1, intervalMs / 2, 200]),
    noActivityUnits: random.pick([0, 1, 1]),
    endGraceMs: random.pick([0, 0, 0, 1, 100, intervalMs / 2, intervalMs - 1]),
    idleMs: offOrLength(random, intervalMs, 3),
    doctorResponseMs: offOrLength(random, intervalMs, 3),
    maxDurationMs: offOrLength(random, intervalMs, 5),
  };
}

/** Mostly none; else a block of its own, one more deadline, or a policy of its own. None is flawed, whatever the settings. */
function makeTerms(random: Random): TermsChange {
  const own = makePolicy(random);
  switch (random.between(0, 9)) {
    case 0:
    case 1:
      return { intervalMs: own.intervalMs };
    case 2:
      return { idleMs: own.idleMs, maxDurationMs: own.maxDurationMs };
    case 3:
      return own;
    default:
      return {};
  }
}

function offOrLength(random: Random, intervalMs: number, maxBlocks: number): number | null {
  switch (random.between(0, 6)) {
    case 0:
    case 1:
      return random.between(1, maxBlocks) * intervalMs;
    case 2:
      return random.between(1, maxBlocks) * intervalMs + random.pick([-1, 1]);
    case 3:
      return random.between(1, 10) * 100;
    default:
      return null;
  }
}
