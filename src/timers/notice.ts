/** Which of our connections to the queue: the one that arms, the worker's, or the one of the board and the metrics. */
export type QueueConnection = 'alarms' | 'worker' | 'inspection';

/**
 * What the alarms have to say to logs and metrics. None of it is an error of a session: the sweep covers
 * whatever is lost here.
 */
export type Notice =
  | { readonly kind: 'connection_lost'; readonly connection: QueueConnection; readonly error: unknown }
  | { readonly kind: 'connection_restored'; readonly connection: QueueConnection }
  /** A look at a session threw. The alarm stays armed and rings again in a few seconds. */
  | { readonly kind: 'alarm_failed'; readonly jobId: string; readonly error: unknown }
  /** A job that is not in the catalogue, or whose payload does not parse: removed from the queue. */
  | { readonly kind: 'alarm_dropped'; readonly jobId: string; readonly jobName: string }
  /** On PostgreSQL: a worker died, or lost its connection, with this alarm in hand. Another look follows. */
  | { readonly kind: 'alarm_stalled'; readonly jobId: string }
  /** On PostgreSQL: when a look was done, its alarm was no longer ours: another worker has it, or it was removed. */
  | { readonly kind: 'alarm_taken_away'; readonly error: unknown }
  /** The loop that takes alarms had no answer of the queue for so long. Another one was opened in its place. */
  | { readonly kind: 'consumer_replaced'; readonly silentMs: number }
  /** Redis had lost alarms, or is new: the active sessions of so many shards were armed from the database. */
  | {
      readonly kind: 'alarms_rearmed';
      readonly shards: number;
      readonly sessions: number;
      readonly durationMs: number;
    }
  /** An attempt to do so failed. The next one follows, and the sweep covers meanwhile. */
  | { readonly kind: 'rearm_failed'; readonly error: unknown }
  | { readonly kind: 'queue_error'; readonly connection: QueueConnection; readonly error: unknown }
  /** The queue works, but it is set up in a way that can lose alarms. The text says what to change. */
  | { readonly kind: 'queue_warning'; readonly text: string };

export type Report = (notice: Notice) => void;
