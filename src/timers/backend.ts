import type { Queue } from 'bullmq';
import type { Alarms, PageDeadlines } from '../sessions/alarms.ts';
import type { Hand } from './hand.ts';
import type { Report } from './notice.ts';
import type { Turns } from './turns.ts';

export interface QueueAlarms extends Alarms {
  readonly close: () => Promise<void>;
}

export interface OpenInspection {
  /** As the board wants them: BullMQ types a queue by its Redis backend, but these are of either. */
  readonly queues: readonly Queue[];
  /** One round trip to the server; rejects when the server is away, within the time limit of a command. */
  readonly ping: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface WorkerSettings {
  /** How many queue consumers this process runs. */
  readonly instances: number;
  /** Alarms in hand at the same time, per instance. */
  readonly concurrency: number;
  /** An alarm whose worker gives no sign of life for so long is given to another. */
  readonly lockDurationMs: number;
  /** How often dead workers are looked for, where somebody has to look. */
  readonly stalledIntervalMs: number;
}

/** A job in hand. When its processor returns the job is removed, unless it is put back. */
export interface JobInHand {
  readonly job: { readonly id?: string | undefined; readonly name: string; readonly data: unknown };
  /** Puts this same job back to sleep for so long, once the processor has returned. */
  readonly putBack: (delayMs: number) => void;
  /** Adds a line to what the board shows of the job. The last few are kept. */
  readonly note: (line: string) => Promise<void>;
}

export type JobProcessor = (inHand: JobInHand) => Promise<void>;

export interface ConsumerOptions {
  readonly settings: WorkerSettings;
  readonly process: JobProcessor;
  readonly hand: Hand;
  readonly turns: Turns;
  /** Where lost alarms can be learned from; null: they are left to the sweep. */
  readonly deadlines: PageDeadlines | null;
  readonly report: Report;
}

export interface OpenConsumer {
  /** It takes nothing because it has no room, so there is no turn to be expected of it. */
  readonly isFull: () => boolean;
  /** Takes no further alarm. Resolves when the looks are done, what they found is in the queue, and all is closed. */
  readonly close: (looksDone: () => Promise<void>) => Promise<void>;
  /** Cuts its connections at once and waits for nothing: another takes its place. */
  readonly abandon: () => void;
}

export interface Backend {
  /**
   * Creates what the queue needs in its database, once, by a user who may do so. Safe to repeat, also
   * from several processes at once. Redis needs nothing.
   */
  prepare(): Promise<void>;
  /**
   * The producer's side, on a connection that fails fast. On Redis it opens even while the server is away; on
   * PostgreSQL it rejects, because BullMQ never tries a failed first connection again.
   */
  openAlarms(report: Report): Promise<QueueAlarms>;
  /** As above, on a connection of its own. */
  openInspection(report: Report): Promise<OpenInspection>;
  /** A consumer that waits for ever for a server that is away. As above, PostgreSQL must be there at the start. */
  openConsumer(options: ConsumerOptions): Promise<OpenConsumer>;
}
