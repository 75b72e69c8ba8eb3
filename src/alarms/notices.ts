/** Which of our connections to the queue: the one that arms, the worker's, or the one of the board and the metrics. */
export type QueueConnection = 'alarms' | 'worker' | 'inspection';

/**
 * What the alarms have to say to logs and metrics. None of it is an error of a session: the sweep covers
 * whatever is lost here.
 */
export type Notice =
  | { readonly kind: 'connection_lost'; readonly connection: QueueConnection; readonly error: unknown }
  | { readonly kind: 'connection_restored'; readonly connection: QueueConnection }
  /** Settling threw. It is repeated a few times, then the job stands in "failed", and the sweep settles. */
  | { readonly kind: 'alarm_failed'; readonly jobId: string; readonly error: unknown }
  /** The database is away: the job comes back in a second, and no attempt is used up. */
  | { readonly kind: 'alarm_put_off'; readonly jobId: string; readonly error: unknown }
  /** A worker died, or lost its connection, with this alarm in flight. Another takes it. */
  | { readonly kind: 'alarm_stalled'; readonly jobId: string }
  /** When a session was settled, its alarm was no longer ours: another worker has it, or it was removed. */
  | { readonly kind: 'alarm_taken_away'; readonly error: unknown }
  /** The queue had lost its alarms, or is new, or a day has passed: the active sessions were armed from the database. */
  | { readonly kind: 'alarms_rearmed'; readonly sessions: number; readonly durationMs: number }
  | { readonly kind: 'queue_error'; readonly connection: QueueConnection; readonly error: unknown }
  /** The queue works, but it is set up in a way that can lose alarms. The text says what to change. */
  | { readonly kind: 'queue_warning'; readonly text: string }
  /** Somebody paused or slowed the queue, on the board or by a program. Said again as long as it is so. */
  | { readonly kind: 'queue_restricted'; readonly queue: string; readonly restriction: string };

export type Report = (notice: Notice) => void;

/** The part of a structured logger that is used here; pino's has it. */
export interface Log {
  readonly info: (fields: object, text: string) => void;
  readonly warn: (fields: object, text: string) => void;
  readonly error: (fields: object, text: string) => void;
}

const LEVELS = {
  connection_lost: 'warn',
  connection_restored: 'info',
  alarm_failed: 'error',
  alarm_put_off: 'warn',
  alarm_stalled: 'warn',
  alarm_taken_away: 'warn',
  alarms_rearmed: 'info',
  queue_error: 'error',
  queue_warning: 'warn',
  queue_restricted: 'warn',
} as const satisfies Record<Notice['kind'], keyof Log>;

/** An outage of the database concerns every alarm that is due: this many lines tell it as well. */
const MAX_LINES = 20;
const WINDOW_MS = 10_000;

/** Writes notices to the log: changes of a connection always, of the others at most 20 in 10 s. */
export function logNotices(log: Log): Report {
  let windowStartMs = Number.NEGATIVE_INFINITY;
  let lines = 0;
  let leftOut = 0;

  function isRoomLeft(): boolean {
    const nowMs = performance.now();
    if (nowMs - windowStartMs >= WINDOW_MS) {
      if (leftOut > 0) log.warn({ leftOut }, `${leftOut} further notices of the queue were not logged`);
      windowStartMs = nowMs;
      lines = 0;
      leftOut = 0;
    }
    lines += 1;
    if (lines > MAX_LINES) leftOut += 1;
    return lines <= MAX_LINES;
  }

  return (notice) => {
    const always = notice.kind === 'connection_lost' || notice.kind === 'connection_restored';
    if (!always && !isRoomLeft()) return;
    const { kind, ...fields } = notice;
    log[LEVELS[kind]](
      'error' in fields ? { ...fields, error: undefined, err: fields.error } : fields,
      textOf(notice),
    );
  };
}

function textOf(notice: Notice): string {
  switch (notice.kind) {
    case 'connection_lost':
      return 'The queue is away: alarms are late until it is back, and the sweep settles meanwhile';
    case 'connection_restored':
      return 'The queue is back';
    case 'alarm_failed':
      return 'A job failed; it is repeated up to four times, then it stands among the failed ones';
    case 'alarm_put_off':
      return 'The database is away: this alarm rings again in about a second';
    case 'alarm_stalled':
      return 'A worker was lost with this alarm in flight; another worker takes it';
    case 'alarm_taken_away':
      return 'An alarm was no longer ours when its session was settled; the session was settled all the same';
    case 'alarms_rearmed':
      return 'All active sessions were armed from the database';
    case 'queue_error':
      return 'An operation of the queue failed';
    case 'queue_restricted':
      return `The queue ${notice.queue} is ${notice.restriction}: alarms are late, and the sweep settles meanwhile. The board can lift it`;
    case 'queue_warning':
      return notice.text;
  }
}
