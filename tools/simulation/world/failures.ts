import type { FaultKind } from '../plan/plan.ts';
import type { DatabaseFailure } from '../../../src/sessions/retry.ts';
import { StoreUnavailable } from '../../../src/sessions/store.ts';

/** What the simulated database answers when it cannot do what it was asked; of the kinds that src/storage distinguishes. */
export class SimulatedFailure extends Error {
  override readonly name = 'SimulatedFailure';
  readonly failure: DatabaseFailure;
  constructor(failure: DatabaseFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

/** The process that waited for this is dead: the answer is lost. */
export class ProcessDead extends Error {
  override readonly name = 'ProcessDead';
}

/** What never comes. */
export const never = <T>(): Promise<T> => new Promise(() => {});

/** Whether a fault of the plan may bring this about. Whatever else is thrown is a finding. */
export const isOfAFault = (error: unknown): boolean =>
  error instanceof SimulatedFailure ||
  error instanceof StoreUnavailable ||
  (error instanceof Error && error.cause !== undefined && isOfAFault(error.cause));

type FaultOf<Kind extends FaultKind['kind']> = Extract<FaultKind, { readonly kind: Kind }>;

export interface PendingFaults {
  readonly arm: (fault: FaultKind) => void;
  /** The oldest of this kind that waits, which then waits no more; null where none does. */
  readonly take: <Kind extends FaultKind['kind']>(kind: Kind) => FaultOf<Kind> | null;
  readonly disarm: () => void;
}

/** `count` is called for each that met its occasion. */
export function createPendingFaults(count: (kind: string) => void): PendingFaults {
  let waiting: FaultKind[] = [];
  const isOf = <Kind extends FaultKind['kind']>(fault: FaultKind, kind: Kind): fault is FaultOf<Kind> =>
    fault.kind === kind;
  return {
    arm: (fault) => waiting.push(fault),
    disarm: () => {
      waiting = [];
    },
    take: (kind) => {
      for (const [index, fault] of waiting.entries()) {
        if (!isOf(fault, kind)) continue;
        waiting.splice(index, 1);
        count(kind);
        return fault;
      }
      return null;
    },
  };
}
