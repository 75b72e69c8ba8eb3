import { done, type Fault } from '../fault.ts';
import { atTheMoment } from './at-the-moment.ts';
import { pickSeat } from './seats.ts';

export const commitAnswerLost: Fault = {
  name: 'commit-answer-lost',
  about: 'the connection is cut after PostgreSQL has committed and before the process is told, 5 times',
  touches: ['postgres'],
  isKill: false,
  inject: async (rig, random) => {
    let cuts = 0;
    for (let time = 0; time < 5; time += 1) {
      const seat = pickSeat(rig, random, null);
      if (await atTheMoment(seat.postgres, (sight) => (sight === 'commit_done' ? 'cut' : null))) cuts += 1;
    }
    return cuts > 0 ? done(`${cuts} times`) : { kind: 'missed', why: 'nobody committed anything' };
  },
};
