/**
 * Everything that will happen in one simulation, as data: what people do, and what goes wrong. It is made from the
 * seed before anything runs, so that parts can be left out and the rest be told again.
 */
import type { Role } from '../../../src/billing/account.ts';
import type { Policy } from '../../../src/billing/policy.ts';

export interface Plan {
  readonly seed: number;
  /** How long each hop over the network takes: nothing; mostly nothing; now and then long. */
  readonly delays: 'none' | 'short' | 'long';
  /** The settings that the processes start with. */
  readonly policy: Policy;
  readonly earlyStartMs: number;
  readonly startWindowMs: number | null;
  readonly sweep: { readonly intervalMs: number; readonly graceMs: number; readonly limit: number };
  readonly maxBatchSize: number;
  readonly maxBatchesUnderWay: number;
  /** In time order. At one instant, in this order. */
  readonly steps: readonly Step[];
  /** When the last fault is over. From then on everything has to become right by itself. */
  readonly faultsOverAtMs: number;
}

/** Ms after the beginning. */
interface At {
  readonly atMs: number;
}

export type Step = Command | Fault;
/** What somebody asks of the API. */
export type Command = At & Asked & Sending & { readonly is: 'command' };
/** What somebody will ask, and when, before it is known through which API. */
export type AskedAt = At & Asked;
/** What goes wrong. */
export type Fault = At & Trouble & { readonly is: 'fault' };

interface Sending {
  /** Which API it goes to first; where that one is dead, to the other. */
  readonly api: number;
  /** The caller loses patience and sends the same once more, so long after, to the other API; 0 = twice at once, to one; null = waits. */
  readonly againAfterMs: number | null;
}

interface OfAppointment {
  readonly appointment: number;
}
interface ByMember extends OfAppointment {
  readonly by: Role;
}

export type Asked =
  | (OfAppointment & {
      readonly kind: 'book';
      readonly patient: number;
      readonly doctor: number;
      readonly scheduledAtMs: number;
      readonly isConfirmed: boolean;
    })
  | {
      readonly kind: 'subscribe';
      readonly grant: number;
      readonly patient: number;
      readonly units: number;
      readonly startsAtMs: number | null;
      readonly expiresAtMs: number | null;
    }
  | (ByMember & { readonly kind: 'start' | 'end' | 'status' })
  /** `short`: the activity lane; `long`: straight to the executor. */
  | (ByMember & { readonly kind: 'activity'; readonly way: 'short' | 'long' })
  | (ByMember & { readonly kind: 'message'; readonly message: number; readonly text: string })
  | (OfAppointment & { readonly kind: 'end_by_admin'; readonly charge: boolean })
  | { readonly kind: 'adjust'; readonly grant: number; readonly units: number; readonly key: number }
  | (OfAppointment & { readonly kind: 'refund'; readonly intervalNo: number; readonly key: number });

/** Where in a batch a process dies. */
export type DeathPoint =
  'at_once' | 'before_fold' | 'before_commit' | 'commit_sent' | 'after_commit' | 'arming';

export type Trouble =
  | {
      readonly kind: 'kill';
      readonly process: number;
      readonly point: DeathPoint;
      readonly backAfterMs: number;
    }
  | { readonly kind: 'pause'; readonly process: number; readonly forMs: number }
  /** A rolling deploy: the settings are others from now on, and one process after the other starts again. */
  | { readonly kind: 'settings'; readonly policy: Policy }
  | { readonly kind: 'database_away'; readonly forMs: number }
  /** The next batch meets a deadlock, or its connection breaks before COMMIT. */
  | { readonly kind: 'batch_fails'; readonly how: 'deadlock' | 'connection_lost' }
  /** The next COMMIT counts, or will so many ms later, and nobody is told. */
  | { readonly kind: 'outcome_lost'; readonly landsAfterMs: number }
  /** A constraint refuses the next batch that writes. */
  | { readonly kind: 'batch_refused' }
  /** The next touch counts, and nobody is told; or it does not, and nobody is told. */
  | { readonly kind: 'touch_fails'; readonly counts: boolean }
  /** The next answer is lost on its way to the caller, who sends the same again. */
  | { readonly kind: 'answer_lost' }
  | { readonly kind: 'queue_away'; readonly forMs: number }
  | { readonly kind: 'queue_emptied' }
  /** One of the alarms that are set, by its place among them, rings now, or goes, or rings later. */
  | { readonly kind: 'alarm_early' | 'alarm_lost'; readonly which: number }
  | { readonly kind: 'alarm_late'; readonly which: number; readonly byMs: number }
  /** The next alarm that rings is given to two workers at once. */
  | { readonly kind: 'alarm_doubled' }
  /** The queue never hears that the next look is done. */
  | { readonly kind: 'ack_lost' };

/** By what they are counted in the summary. */
export const nameOf = (step: Step): string =>
  step.is === 'fault' && step.kind === 'kill' ? `kill ${step.point}` : step.kind;
