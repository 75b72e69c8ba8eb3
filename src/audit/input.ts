import type { Action } from './reference-model/naive-types.ts';

/**
 * One thing that somebody did, as the log tells it. Everything else in an account follows from these by the rules,
 * and is recomputed.
 */
export interface Input {
  readonly action: Action;
  /** Which line tells of it. */
  readonly source:
    | { readonly kind: 'event'; readonly sessionId: number; readonly eventNo: number }
    | { readonly kind: 'entry'; readonly entryId: number; readonly grantId: number };
  /** The entry that it left in the ledger, whose ids tell the order of writing; null = it left none. */
  readonly entryId: number | null;
}
