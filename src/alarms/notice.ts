/** Which of our connections to the queue: the one that arms, the worker's, or the one of the board and the metrics. */
export type QueueConnection = 'alarms' | 'worker' | 'inspection';

/**
 * What the alarms have to say to logs and metrics. None of it is an error of a session: the sweep covers
 * whatever is lost here.
 */
export type Notice =
  | { readonly kind: 'connection_lost'; readonly connection: QueueConnection; readonly error: unknown }
  | { readonly kind: 'connection_restored'; readonly connection: QueueConnection }
  /** A look at a session threw. It is repeated a few times, then the job stays among the failed ones, and the sweep settles. */
  | { readonly kind: 'alarm_failed'; readonly jobId: string; readonly error: unknown }
  /** A worker died, or lost its connection, with this alarm in hand. Another look follows. */
  | { readonly kind: 'alarm_stalled'; readonly jobId: string }
  /** When a look was done, its alarm was no longer ours: another worker has it, or it was removed. */
  | { readonly kind: 'alarm_taken_away'; readonly error: unknown }
  /** The queue had lost its alarms, or is new: the active sessions were armed from the database. */
  | { readonly kind: 'alarms_rearmed'; readonly sessions: number; readonly durationMs: number }
  | { readonly kind: 'queue_error'; readonly connection: QueueConnection; readonly error: unknown }
  /** The queue works, but it is set up in a way that can lose alarms. The text says what to change. */
  | { readonly kind: 'queue_warning'; readonly text: string };

export type Report = (notice: Notice) => void;
