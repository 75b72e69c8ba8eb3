import { type Random, randomFrom } from '../kit/random.ts';
import { type At, type End, MINUTE_MS, type Visit, talkBetween } from './visit.ts';

/** Patients who have only ordinary visits, and units for all of them. */
export const ORDINARY_PATIENTS = [12, 13, 14, 15, 16, 17] as const;
const DOCTORS = [21, 22, 23, 24, 25];
const HOURS = [8, 9, 11, 12, 14, 15, 16, 17] as const;
const FIRST_APPOINTMENT = 1000;

/** Some visits a day: most are ended by one of the two; in a few nobody writes at all. */
export function ordinaryVisits(at: At, days: number): readonly Visit[] {
  const random = randomFrom(11, 'ordinary visits');
  return Array.from({ length: days }, (_, index) => days - index).flatMap((daysAgo) =>
    random
      .shuffled(HOURS)
      .slice(0, random.between(6, HOURS.length))
      .map((hour, index) => {
        const startMs = at(daysAgo, `${hour}:${random.between(0, 9)}`) + random.between(0, MINUTE_MS - 1);
        return visitOf(FIRST_APPOINTMENT + daysAgo * 20 + index, index, startMs, random);
      }),
  );
}

const visitOf = (appointment: number, index: number, startMs: number, random: Random): Visit => ({
  appointment,
  patient: ORDINARY_PATIENTS[index % ORDINARY_PATIENTS.length] ?? ORDINARY_PATIENTS[0],
  doctor: random.pick(DOCTORS),
  startMs,
  ...courseOf(random),
});

function courseOf(random: Random): Pick<Visit, 'talk' | 'end'> {
  if (random.chance(0.08)) return { talk: [] };
  const minute = random.between(4, 43);
  const end: End = { minute, by: random.chance(0.6) ? 'patient' : 'doctor' };
  return { end, talk: talkBetween(0.5, minute - 0.5, random.between(4, 20), random) };
}
