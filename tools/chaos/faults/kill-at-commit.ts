import { done, type Fault } from '../fault.ts';
import type { ProgramKind, ProgramSeat } from '../rig/program-seat.ts';
import type { Sight } from '../../kit/sight.ts';
import type { Verdict } from '../../kit/tcp-proxy.ts';
import { atTheMoment } from './at-the-moment.ts';
import { pickSeat } from './seats.ts';

type Point = 'before-commit' | 'after-commit' | 'after-answer';

const ABOUT = {
  'before-commit': 'when its COMMIT is on the wire, before PostgreSQL has it',
  'after-commit': 'when PostgreSQL has committed, before it knows: no alarm is set and nobody is answered',
  'after-answer': 'right after it was told that PostgreSQL has committed',
} as const satisfies Record<Point, string>;

/** kill -9 around a commit, told by the protocol on the process's own wire. */
export const killAtCommit = (kind: ProgramKind, point: Point): Fault => ({
  name: `kill-${kind}-${point}`,
  about: `kill -9 of ${kind === 'api' ? 'an API' : 'a worker'} ${ABOUT[point]}`,
  touches: [kind],
  isKill: true,
  inject: async (rig, random) => {
    const seat = pickSeat(rig, random, kind);
    const hasCome = await atTheMoment(seat.postgres, (sight) => actAt(point, seat, sight));
    return hasCome ? done(seat.name) : { kind: 'missed', why: `${seat.name} committed nothing` };
  },
});

function actAt(point: Point, seat: ProgramSeat, sight: Sight): Verdict | null {
  switch (point) {
    case 'before-commit':
      if (sight !== 'commit_asked') return null;
      seat.kill();
      return 'swallow';
    case 'after-commit':
      if (sight !== 'commit_done') return null;
      seat.kill();
      return 'swallow';
    case 'after-answer':
      if (sight !== 'commit_done') return null;
      // In the next turn: the answer is in the process's socket by then.
      setImmediate(() => seat.kill());
      return 'pass';
  }
}
