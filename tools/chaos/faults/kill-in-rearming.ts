import { done, type Fault } from '../fault.ts';
import type { Sight } from '../../kit/sight.ts';
import { atTheMoment } from './at-the-moment.ts';
import { pickSeat } from './seats.ts';

/**
 * kill -9 of a worker around the script by which it puts alarms back: the first one that names an alarm after a
 * commit of its own, whatever the script is called.
 */
export const killInRearming = (point: 'before' | 'after'): Fault => ({
  name: `kill-worker-${point}-rearming`,
  about:
    point === 'before'
      ? 'kill -9 of a worker that has settled sessions and is about to put their alarms back'
      : 'kill -9 of a worker whose alarms are back in Redis, before it knows',
  touches: ['worker'],
  isKill: true,
  inject: async (rig, random) => {
    const seat = pickSeat(rig, random, 'worker');
    const missed = { kind: 'missed', why: `${seat.name} put no alarm back` } as const;
    const hasCommitted = await atTheMoment(seat.postgres, (sight) =>
      sight === 'commit_done' ? 'pass' : null,
    );
    if (!hasCommitted) return missed;
    const wanted: Sight = point === 'before' ? 'alarm_asked' : 'alarm_done';
    const hasCome = await atTheMoment(seat.redis, (sight) => {
      if (sight !== wanted) return null;
      seat.kill();
      return 'swallow';
    });
    return hasCome ? done(seat.name) : missed;
  },
});
