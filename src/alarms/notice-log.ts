import type { Notice, Report } from './notice.ts';

/** The part of a structured logger that is used here; pino's has it. */
export interface Log {
  readonly info: (fields: object, text: string) => void;
  readonly warn: (fields: object, text: string) => void;
  readonly error: (fields: object, text: string) => void;
}

const levels = {
  connection_lost: 'warn',
  connection_restored: 'info',
  alarm_failed: 'error',
  alarm_stalled: 'warn',
  alarm_taken_away: 'warn',
  alarms_rearmed: 'info',
  queue_error: 'error',
  queue_warning: 'warn',
} as const satisfies Record<Notice['kind'], keyof Log>;

/** An outage of the database makes every alarm fail that is due: this many lines tell it as well. */
const maxLines = 20;
const windowMs = 10_000;

/** Writes notices to the log: changes of a connection always, of the others at most 20 in 10 s. */
export function logNotices(log: Log): Report {
  let windowStartMs = Number.NEGATIVE_INFINITY;
  let lines = 0;
  let leftOut = 0;

  function isRoomLeft(): boolean {
    const nowMs = performance.now();
    if (nowMs - windowStartMs >= windowMs) {
      if (leftOut > 0) log.warn({ leftOut }, `${leftOut} further notices of the queue were not logged`);
      windowStartMs = nowMs;
      lines = 0;
      leftOut = 0;
    }
    lines += 1;
    if (lines > maxLines) leftOut += 1;
    return lines <= maxLines;
  }

  return (notice) => {
    const always = notice.kind === 'connection_lost' || notice.kind === 'connection_restored';
    if (!always && !isRoomLeft()) return;
    const { kind, ...fields } = notice;
    log[levels[kind]](
      'error' in fields ? { ...fields, error: undefined, err: fields.error } : fields,
      text(notice),
    );
  };
}

function text(notice: Notice): string {
  switch (notice.kind) {
    case 'connection_lost':
      return 'The queue is away: alarms are late until it is back, and the sweep settles meanwhile';
    case 'connection_restored':
      return 'The queue is back';
    case 'alarm_failed':
      return 'A look at a session failed and will be repeated';
    case 'alarm_stalled':
      return 'A worker was lost with an alarm in hand; another looks at the session';
    case 'alarm_taken_away':
      return 'An alarm was no longer in our hands when its look was done; the session was looked at all the same';
    case 'alarms_rearmed':
      return 'The queue had lost its alarms, or is new: all active sessions were armed from the database';
    case 'queue_error':
      return 'An operation of the queue failed';
    case 'queue_warning':
      return notice.text;
  }
}
