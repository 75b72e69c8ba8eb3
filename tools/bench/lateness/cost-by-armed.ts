import { untilReady } from '../../kit/product-program.ts';
import { measureActivities } from '../activities.ts';
import { CLIENTS, pidOf } from '../http/both-apis.ts';
import { metered } from '../http/metered-load.ts';
import { quotients } from '../ratio.ts';
import type { Rig } from '../rig.ts';
import type { Row } from '../row.ts';
import { measureArmed } from './armed-stage.ts';

/** Microseconds of all parts together, round by round. */
export interface Costs {
  readonly armed: number;
  readonly activity: readonly number[];
  readonly deduction: readonly number[];
}

const ROUNDS = 3;

/** An activity's cost falls for the first seconds of a process, and what else the database does comes and goes. */
const ACTIVITY = { warmUpSeconds: 4, rounds: 5, seconds: 3 };

/**
 * What a deduction costs with few sessions armed, whose blocks are so short that as many are due a second as of
 * `many` with blocks of ten minutes: so that only the number of armed sessions differs, not how large the batches are.
 */
export async function deductionCosts(
  rig: Rig,
  few: number,
  many: number,
  windowMs: number,
): Promise<readonly number[]> {
  const intervalMs = (600_000 * few) / many;
  const plan = { armed: few, windowMs, windows: ROUNDS, spreadMs: intervalMs, intervalMs, leadMs: 0 };
  return (await measureArmed(rig, plan, () => Promise.resolve())).cpuUs;
}

/** With whatever is armed. The worker is stopped meanwhile: what it costs is not an activity's. */
export async function activityCosts(rig: Rig): Promise<readonly number[]> {
  const api = await rig.start('src/server.ts');
  try {
    await untilReady(api);
    const parts = { API: pidOf(api), PostgreSQL: rig.postgresPid, Redis: rig.redisPid };
    const load = { clients: CLIENTS, seconds: ACTIVITY.seconds };
    await measureActivities(rig, api.port, { ...load, seconds: ACTIVITY.warmUpSeconds });
    const costs: number[] = [];
    for (let round = 1; round <= ACTIVITY.rounds; round += 1) {
      const { cpuUs } = await metered(parts, () => measureActivities(rig, api.port, load));
      costs.push(Object.keys(parts).reduce((sum, part) => sum + (cpuUs[part] ?? 0), 0));
    }
    return costs;
  } finally {
    await api.stop();
  }
}

/** The most armed beside the fewest; nothing where only one was measured. */
export function costRows(costs: readonly Costs[]): readonly Row[] {
  const [few] = costs;
  const many = costs.at(-1);
  if (few === undefined || many === undefined || few === many) return [];
  const row = (what: string, ours: readonly number[], floor: readonly number[]): Row => ({
    what: `processor time per ${what}, ${many.armed} armed`,
    against: `${few.armed} armed`,
    unit: 'µs',
    ours,
    floor,
    ratio: quotients(ours, floor),
    aim: { of: 'ratio', most: 1.3 },
    note: 'API or worker, PostgreSQL and Redis together, at the same rate of deductions.',
  });
  const rounds = Math.min(many.deduction.length, few.deduction.length);
  return [
    row('activity', many.activity, few.activity),
    row('deduction', many.deduction.slice(0, rounds), few.deduction.slice(0, rounds)),
  ];
}
