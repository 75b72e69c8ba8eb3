import type { Contestant } from './contestant.ts';
import { graphileWorker } from './graphile-worker/deductions.ts';
import { minuteSweep } from './minute-sweep/sweep.ts';
import { ours } from './ours.ts';
import { pgBoss } from './pg-boss/deductions.ts';
import { tutorial } from './tutorial/deductions.ts';

export const PEERS: readonly Contestant[] = [tutorial, minuteSweep, pgBoss, graphileWorker];

/** In the order of each round. */
export const CONTESTANTS: readonly Contestant[] = [ours, ...PEERS];
