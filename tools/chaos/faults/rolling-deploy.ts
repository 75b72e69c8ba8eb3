import { done, type Fault } from '../fault.ts';
import { STOP_LIMIT_MS } from '../rig/program-seat.ts';

const READY_TIMEOUT_MS = 30_000;

export const rollingDeploy: Fault = {
  name: 'rolling-deploy',
  about: 'SIGTERM to one process after the other, under load; each must end with 0 within 45 s',
  touches: ['api', 'worker'],
  isKill: false,
  inject: async (rig) => {
    const problems: string[] = [];
    let longestMs = 0;
    for (const seat of rig.seats) {
      const { exitCode, tookMs } = await seat.replace(0);
      longestMs = Math.max(longestMs, tookMs);
      if (exitCode !== 0 || tookMs > STOP_LIMIT_MS)
        problems.push(`${seat.name} ended with ${exitCode} after ${Math.round(tookMs)} ms of a deploy`);
      await seat.untilReady(READY_TIMEOUT_MS);
    }
    return done(`the slowest ended after ${(longestMs / 1000).toFixed(1)} s`, problems);
  },
};
