import { done, type Fault } from '../fault.ts';
import type { Verdict, WireEvent } from '../../kit/tcp-proxy.ts';
import type { ManagedProcess, ProgramKind } from '../rig/managed-process.ts';
import { atEvent, pickProcess } from './at-event.ts';

const nameOf = (kind: ProgramKind): string => (kind === 'api' ? 'an API' : 'a worker');

/** kill -9 at any moment. */
export const kill = (kind: ProgramKind): Fault => ({
  name: `kill-${kind}`,
  about: `kill -9 of ${nameOf(kind)} at any moment`,
  touches: [kind],
  isKill: true,
  inject: (rig, random) => {
    const victim = pickProcess(rig, random, kind);
    victim.kill();
    return Promise.resolve(done(victim.name));
  },
});

type Point = 'before-commit' | 'after-commit' | 'after-answer';

const ABOUT = {
  'before-commit': 'when its COMMIT is on the wire, before PostgreSQL has it',
  'after-commit':
    'when PostgreSQL has committed, before the process knows: no alarm is set, no caller is answered',
  'after-answer': 'right after it received the answer that PostgreSQL has committed',
} as const satisfies Record<Point, string>;

/** kill -9 around a commit, seen in the protocol on the process's own wire. */
export const killAtCommit = (kind: ProgramKind, point: Point): Fault => ({
  name: `kill-${kind}-${point}`,
  about: `kill -9 of ${nameOf(kind)} ${ABOUT[point]}`,
  touches: [kind],
  isKill: true,
  inject: async (rig, random) => {
    const victim = pickProcess(rig, random, kind);
    const hasCome = await atEvent(victim.postgres, (event) => actAt(point, victim, event));
    return hasCome ? done(victim.name) : { kind: 'missed', why: `${victim.name} committed nothing` };
  },
});

function actAt(point: Point, victim: ManagedProcess, event: WireEvent): Verdict | null {
  switch (point) {
    case 'before-commit':
      if (event !== 'commit_asked') return null;
      victim.kill();
      return 'swallow';
    case 'after-commit':
      if (event !== 'commit_done') return null;
      victim.kill();
      return 'swallow';
    case 'after-answer':
      if (event !== 'commit_done') return null;
      // In the next turn: the answer is in the process's socket by then.
      setImmediate(() => victim.kill());
      return 'pass';
  }
}

/** kill -9 of a worker around the first script that names an alarm after a commit of its own, whatever the script is called. */
export const killInRearming = (point: 'before' | 'after'): Fault => ({
  name: `kill-worker-${point}-rearming`,
  about:
    point === 'before'
      ? 'kill -9 of a worker that has settled sessions and is about to set their next alarms'
      : 'kill -9 of a worker whose next alarms are in Redis, before it knows',
  touches: ['worker'],
  isKill: true,
  inject: async (rig, random) => {
    const victim = pickProcess(rig, random, 'worker');
    const missed = { kind: 'missed', why: `${victim.name} set no alarm` } as const;
    const hasCommitted = await atEvent(victim.postgres, (event) => (event === 'commit_done' ? 'pass' : null));
    if (!hasCommitted) return missed;
    const wanted: WireEvent = point === 'before' ? 'alarm_asked' : 'alarm_done';
    const hasCome = await atEvent(victim.redis, (event) => {
      if (event !== wanted) return null;
      victim.kill();
      return 'swallow';
    });
    return hasCome ? done(victim.name) : missed;
  },
});
