/** The grants of one patient, and what admins correct. */
import type { Random } from '../../kit/random.ts';
import { nearADeadline, type PlannedSession } from './near.ts';
import type { AskedAt } from './plan.ts';

export function grantsOf(patient: number, near: () => number, random: Random): AskedAt[] {
  const asked: AskedAt[] = [];
  const count = random.between(1, 3);
  for (let index = 1; index <= count; index += 1) {
    const isFirst = index === 1;
    const grant = patient * 10 + index;
    const startsAtMs = random.chance(0.5) ? null : isFirst ? 0 : near();
    const expiresAtMs = random.chance(0.5) ? null : Math.max(1, (startsAtMs ?? 0) + 1, near());
    const bought = { kind: 'subscribe', grant, patient, startsAtMs, expiresAtMs } as const;
    const units = random.pick([0, 1, 1, 2, 3, 5]);
    asked.push({ ...bought, atMs: isFirst || random.chance(0.5) ? 0 : near(), units });
    if (random.chance(0.3)) asked.push({ ...bought, atMs: near(), units: random.between(0, 6) });
    if (random.chance(0.2))
      asked.push({ ...bought, atMs: near(), units, expiresAtMs: Math.max((startsAtMs ?? 0) + 1, near()) });
  }
  return asked;
}

/** Often just when the silence of the doctor gives the charge back by itself. */
function refundOf(session: PlannedSession, random: Random) {
  const { appointment, policy, writes } = session;
  const firstOfPatient = Math.min(...writes.filter(({ by }) => by === 'patient').map(({ atMs }) => atMs));
  const isAtSilence = policy.doctorResponseMs !== null && firstOfPatient < Infinity && random.chance(0.5);
  const atMs = isAtSilence
    ? firstOfPatient + (policy.doctorResponseMs ?? 0) + random.pick([-1, 0, 0, 0, 1])
    : nearADeadline(random, session);
  return { atMs, kind: 'refund' as const, appointment, intervalNo: random.between(1, 3) };
}

/** Keys are used again now and then: for the same, as a caller does who got no answer, or for something else. */
export function correctionsOf(
  patient: number,
  sessions: readonly PlannedSession[],
  near: () => number,
  random: Random,
): AskedAt[] {
  const asked: AskedAt[] = [];
  const key = () => patient * 10 + random.between(0, 5);
  for (let left = random.between(0, 2); left > 0; left -= 1) {
    const units = random.pick([-2, -1, 1, 1, 2, 3]);
    asked.push({
      atMs: near(),
      kind: 'adjust',
      grant: patient * 10 + random.between(1, 3),
      units,
      key: key(),
    });
  }
  for (const session of sessions)
    for (let left = random.between(0, 2); left > 0; left -= 1)
      asked.push({ ...refundOf(session, random), key: key() });
  return asked;
}

/** Some refunds are taken back, by those who think better of it: soon, at once, or before anybody gave anything back. */
export function takeBacksOf(asked: readonly AskedAt[], random: Random): AskedAt[] {
  return asked.flatMap((each): AskedAt[] => {
    if (each.kind !== 'refund' || random.chance(0.4)) return [];
    const { appointment, intervalNo, atMs } = each;
    const times = random.chance(0.3) ? 2 : 1;
    return Array.from({ length: times }, () => ({
      kind: 'take_back',
      appointment,
      intervalNo,
      atMs: Math.max(0, atMs + random.pick([-1, 0, 1, 50, 400, 2_000])),
      key: Math.floor(appointment / 10) * 10 + random.between(0, 7),
    }));
  });
}
