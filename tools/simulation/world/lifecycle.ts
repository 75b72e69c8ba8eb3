/** One process from its start to its death. What it waits for reaches it, late if it is paused, or never. */
import type { Instant } from '../../../src/billing/time.ts';
import type { DeathPoint } from '../plan/plan.ts';
import type { Schedule } from './schedule.ts';
import { ProcessDead } from './failures.ts';

export interface Lifecycle {
  readonly name: string;
  readonly isDead: () => boolean;
  readonly isPaused: () => boolean;
  readonly die: () => void;
  /** It will die when it next comes to this point. */
  readonly doom: (point: DeathPoint) => void;
  readonly reach: (point: DeathPoint) => void;
  readonly pauseUntil: (at: Instant) => void;
  /** Resolves when the process can handle what came over the network: at once, or after its pause. @throws ProcessDead in a dead process. */
  readonly takeUp: () => Promise<void>;
  /** Calls back at its death. Gives what cancels that. */
  readonly onDeath: (tell: () => void) => () => void;
}

export function createLifecycle(
  name: string,
  schedule: Pick<Schedule, 'now' | 'pause'>,
  tell: (line: string) => void,
  count: (what: string) => void,
): Lifecycle {
  let isDead = false;
  let pausedUntil = schedule.now();
  let doomedAt: DeathPoint | null = null;
  const toTell = new Set<() => void>();
  const die = (): void => {
    if (isDead) return;
    isDead = true;
    tell(`${name} dies`);
    for (const each of toTell) each();
    toTell.clear();
  };
  return {
    name,
    isDead: () => isDead,
    isPaused: () => schedule.now() < pausedUntil,
    die,
    doom: (point) => {
      doomedAt = point;
    },
    reach: (point) => {
      if (doomedAt !== point) return;
      count(`kill ${point}`);
      tell(`${name} is killed at the point "${point}"`);
      die();
    },
    pauseUntil: (at) => {
      pausedUntil = at;
    },
    takeUp: async () => {
      while (schedule.now() < pausedUntil) await schedule.pause(pausedUntil - schedule.now());
      if (isDead) throw new ProcessDead(`${name} is dead`);
    },
    onDeath: (each) => {
      toTell.add(each);
      return () => toTell.delete(each);
    },
  };
}
