/**
 * Everything that will happen in one simulation, as data: what people do, and what goes wrong. It is made from the
 * seed before anything runs, so that parts can be left out and the rest run again.
 */
import type { Role } from '../../../src/billing/account.ts';
import type { Policy } from '../../../src/billing/policy.ts';
import type { TermsChange } from '../../../src/billing/terms.ts';

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
/** What a caller asks of the API. */
export type Command = At & Asked & Sending & { readonly is: 'command' };
/** What will be asked and when, before the API is chosen. */
export type AskedAt = At & Asked;
/** What goes wrong. */
export type Fault = At & FaultKind & { readonly is: 'fault' };

interface Sending {
  /** Which API it goes to first; where that one is dead, to the other. */
  readonly api: number;
  /** Ms until an impatient caller sends the same once more, to the other API; 0 = twice at once, to one; null = never. */
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
      readonly terms: TermsChange;
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
  /** `short`: the fast path; `long`: straight to the executor. */
  | (ByMember & { readonly kind: 'activity'; readonly way: 'short' | 'long' })
  | (ByMember & { readonly kind: 'message'; readonly message: number; readonly text: string })
  | (OfAppointment & { readonly kind: 'end_by_admin'; readonly charge: boolean })
  | { readonly kind: 'adjust'; readonly grant: number; readonly units: number; readonly key: number }
  | (OfAppointment & {
      readonly kind: 'refund' | 'take_back';
      readonly intervalNo: number;
      readonly key: number;
    });

/** Where in a batch a process dies. */
export type DeathPoint =
  'at_once' | 'before_fold' | 'before_commit' | 'commit_sent' | 'after_commit' | 'arming';

export type FaultKind =
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
  /** The next COMMIT counts, at once or this many ms later, and its answer is lost. */
  | { readonly kind: 'outcome_lost'; readonly landsAfterMs: number }
  /** A constraint refuses the next batch that writes. */
  | { readonly kind: 'batch_refused' }
  /** The answer to the next fast-path statement is lost, whether it counted or not. */
  | { readonly kind: 'touch_fails'; readonly counts: boolean }
  /** The next answer is lost on its way to the caller, who sends the same again. */
  | { readonly kind: 'answer_lost' }
  | { readonly kind: 'queue_away'; readonly forMs: number }
  | { readonly kind: 'queue_emptied' }
  /** One of the alarms that are set, by its index among them, rings now, or goes, or rings later. */
  | { readonly kind: 'alarm_early' | 'alarm_lost'; readonly which: number }
  | { readonly kind: 'alarm_late'; readonly which: number; readonly byMs: number }
  /** The next alarm that rings is given to two workers at once. */
  | { readonly kind: 'alarm_doubled' }
  /** The acknowledgement of the next job is lost. */
  | { readonly kind: 'ack_lost' };

/** By what they are counted in the summary. */
export const nameOf = (step: Step): string =>
  step.is === 'fault' && step.kind === 'kill' ? `kill ${step.point}` : step.kind;

/** `start of 11 by the patient`. */
export function describe(asked: Asked): string {
  const { kind } = asked;
  const by = 'by' in asked ? ` by the ${asked.by}` : '';
  switch (asked.kind) {
    case 'subscribe':
      return `subscribe grant ${asked.grant} of ${asked.units} until ${asked.expiresAtMs ?? 'ever'}`;
    case 'adjust':
      return `adjust grant ${asked.grant} by ${asked.units}, key ${asked.key}`;
    case 'take_back':
    case 'refund':
      return `${kind} block ${asked.intervalNo} of ${asked.appointment}, key ${asked.key}`;
    case 'message':
      return `message ${asked.message} in ${asked.appointment}${by}`;
    case 'book':
      return `book ${asked.appointment} for ${asked.scheduledAtMs} under ${JSON.stringify(asked.terms)}`;
    case 'activity':
      return `activity (${asked.way}) in ${asked.appointment}${by}`;
    case 'start':
    case 'end':
    case 'status':
    case 'end_by_admin':
      return `${kind} of ${asked.appointment}${by}`;
  }
}
