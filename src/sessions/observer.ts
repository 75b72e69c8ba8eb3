import type { RecordedChange } from './journal.ts';

/** What the engine tells whoever watches it (metrics, logs). Nothing here may throw or take long. */
export interface Observer {
  /** A batch was committed. */
  readonly committed: (batch: {
    readonly size: number;
    readonly durationMs: number;
    readonly changes: readonly RecordedChange[];
  }) => void;
  /** Activities went the short way. */
  readonly touched: (batch: { readonly size: number; readonly durationMs: number }) => void;
  /** A batch was refused by the database and is being carried out in halves. */
  readonly batchBroken: (batch: { readonly size: number; readonly error: unknown }) => void;
  /** The short way for activities failed; they go the long way. */
  readonly touchFailed: (error: unknown) => void;
  /** Alarms could not be set. The sweep settles those sessions. */
  readonly alarmsNotSet: (error: unknown) => void;
}
