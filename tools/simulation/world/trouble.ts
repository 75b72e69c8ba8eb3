import type { Failure } from '../../../src/sessions/retry.ts';
import { StoreUnavailable } from '../../../src/sessions/store.ts';

/** What the simulated database answers when it cannot do what it was asked; as src/storage/errors.ts tells them apart. */
export class Trouble extends Error {
  override readonly name = 'Trouble';
  readonly failure: Failure;
  constructor(failure: Failure, message: string) {
    super(message);
    this.failure = failure;
  }
}

/** Whoever waited for this is dead: nobody hears the answer. */
export class NobodyListens extends Error {
  override readonly name = 'NobodyListens';
}

/** What never comes. */
export const never = <T>(): Promise<T> => new Promise(() => {});

/** Whether a fault of the plan may bring this about. Whatever else is thrown is a finding. */
export const isOfAFault = (error: unknown): boolean =>
  error instanceof Trouble ||
  error instanceof StoreUnavailable ||
  (error instanceof Error && error.cause !== undefined && isOfAFault(error.cause));
