import { randomFrom } from '../kit/random.ts';
import { ordinaryVisits } from './ordinary-visits.ts';
import { chosenVisits } from './chosen-visits.ts';
import { type At, CLINIC, HOUR_MS, MINUTE_MS, type Step, stepsOf } from './visit.ts';
import type { Outage } from '../kit/clinic/worker.ts';

/** What is to happen in a small clinic in its last days, in the order of time. */
export interface SeedPlan {
  readonly startMs: number;
  readonly steps: readonly Step[];
  /** When no worker ran. */
  readonly outages: readonly Outage[];
}

const DAYS = 9;
const DAY_MS = 24 * HOUR_MS;

/** Up to `nowMs`, since 1970. The same instant gives the same plan. */
export function planUntil(nowMs: number): SeedPlan {
  const midnight = nowMs - (nowMs % DAY_MS);
  const at: At = (daysAgo, time) => {
    const [hours = 0, minutes = 0] = time.split(':').map(Number);
    return midnight - daysAgo * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS;
  };
  const startMs = at(DAYS, '7:00');
  const random = randomFrom(7, 'seed data');
  const { visits, steps } = chosenVisits(at, nowMs);
  const nights = Array.from({ length: DAYS }, (_, daysAgo): Step => ({
    atMs: at(daysAgo, '3:01'),
    act: (clinic) => clinic.audit(),
  }));
  const all = [
    ...steps,
    ...[...visits, ...ordinaryVisits(at, DAYS - 1)].flatMap((visit) => stepsOf(visit, startMs, random)),
    ...nights,
    {
      atMs: startMs,
      act: (clinic: Parameters<Step['act']>[0]) =>
        clinic.book(CLINIC, 990, { patient: 4, doctor: 21, scheduledMs: at(2, '15:00') }),
    },
  ];
  return {
    startMs,
    steps: all.filter(({ atMs }) => atMs < nowMs).toSorted((a, b) => a.atMs - b.atMs),
    outages: [{ fromMs: at(1, '10:04') + 51_000, toMs: at(1, '10:59') + 10_000 }],
  };
}
