import type { Story } from '../story.ts';
import { balanceRunsOut } from './balance-runs-out.ts';
import { doctorSilent } from './doctor-silent.ts';
import { nobodyWrites } from './nobody-writes.ts';
import { patientEnds } from './patient-ends.ts';
import { topUpExtends } from './top-up-extends.ts';
import { workerAway } from './worker-away.ts';

/** Played side by side, with a worker. */
export const SIDE_BY_SIDE: readonly Story[] = [
  patientEnds,
  nobodyWrites,
  balanceRunsOut,
  doctorSilent,
  topUpExtends,
];

/** Played afterwards, without one. */
export const WORKER_AWAY: Story = workerAway;
