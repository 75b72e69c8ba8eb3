import type { IQueueBackend, Job, Queue } from 'bullmq';
import type { QueueConnection, Report } from './notice.ts';

export interface OpenQueue {
  /** As the board wants it: BullMQ types a queue by its Redis backend, but it is that of either. */
  readonly queue: Queue;
  readonly backend: IQueueBackend;
  /** One round trip to the server; rejects when the server is away, within the time limit of a command. */
  readonly ping: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface WorkerSettings {
  /** How many queue consumers this process runs; each fetches its jobs one after the other. */
  readonly instances: number;
  /** Jobs in hand at the same time, per instance. */
  readonly concurrency: number;
  readonly lockDurationMs: number;
  readonly stalledIntervalMs: number;
}

/** A job in hand. When its processor returns the job is removed, unless it is put back. */
export interface JobInHand {
  readonly job: Job<unknown, void>;
  /**
   * Puts this same job back to sleep for so long, once the processor has returned: the one operation of the queue
   * that follows a look, and it fetches the next job too.
   */
  readonly putBack: (delayMs: number) => void;
  /** Adds a line to what the board shows of the job. The last few are kept. */
  readonly note: (line: string) => Promise<void>;
}

export type JobProcessor = (inHand: JobInHand) => Promise<void>;

export interface OpenWorkers {
  /** Takes no further job. Resolves when those in hand are done and the connections are closed. */
  readonly close: () => Promise<void>;
}

export interface Backend {
  /**
   * Creates what the queue needs in its database, once, by a user who may do so. Safe to repeat, also
   * from several processes at once. Redis needs nothing.
   */
  prepare(): Promise<void>;
  /**
   * A connection that fails fast. On Redis it opens even while the server is away; on PostgreSQL it
   * rejects, because BullMQ never tries a failed first connection again.
   */
  openQueue(connection: QueueConnection, report: Report): Promise<OpenQueue>;
  /** Consumers that wait for ever for a server that is away. As above, PostgreSQL must be there at the start. */
  openWorkers(settings: WorkerSettings, process: JobProcessor, report: Report): Promise<OpenWorkers>;
}
