import type { Random } from '../kit/random.ts';
import type { Rig } from './rig/rig.ts';

/** What a fault affects. Two that affect the same are never injected at the same time. */
export type Touch = 'api' | 'worker' | 'redis' | 'postgres' | 'network';

export interface Fault {
  readonly name: string;
  /** For `--list`: what happens, in one line. */
  readonly about: string;
  readonly touches: readonly Touch[];
  /** Whether a process dies by SIGKILL each time: these are what `--kills` is made of. */
  readonly isKill: boolean;
  /** Returns when the fault is over and everything is as it was, apart from what is still to recover. */
  readonly inject: (rig: Rig, random: Random) => Promise<Injected>;
}

export type Injected =
  | {
      readonly kind: 'done';
      readonly detail: string;
      /** What was seen of the product that should not be, such as a process that did not end in time. */
      readonly problems: readonly string[];
    }
  /** The moment that it waits for did not come. */
  | { readonly kind: 'missed'; readonly why: string };

export const done = (detail: string, problems: readonly string[] = []): Injected => ({
  kind: 'done',
  detail,
  problems,
});

/** One fault that was injected. All instants are milliseconds since 1970. */
export interface Incident {
  readonly number: number;
  readonly fault: string;
  readonly detail: string;
  readonly startMs: number;
  /** When the fault itself was over. */
  readonly endMs: number;
  /** When everything was as before; null: not within the time that was given. */
  readonly recoveredMs: number | null;
  /** Acknowledged requests a second; null where it was too short to tell. */
  readonly rateBefore: number | null;
  readonly rateDuring: number | null;
  readonly rateAfter: number | null;
  readonly problems: readonly string[];
}
