import { sleep } from '../async/sleep.ts';
import { withTimeout } from '../async/timeout.ts';
import { type DatabaseState, isUnacknowledged, type WatchedDatabase, workersOf } from './state.ts';

/** The part of a structured logger that is used here; pino's has it. */
export interface HeartbeatLog {
  readonly info: (fields: object, text: string) => void;
  readonly warn: (fields: object, text: string) => void;
}

export interface HeartbeatParts {
  /** Never logged: anyone who knows it can send heartbeats. */
  readonly url: string;
  /** The id of this process. */
  readonly selfId: string;
  readonly database: Pick<WatchedDatabase, 'ping' | 'state'>;
  /** Rejects where the queue is away. */
  readonly pingQueue: () => Promise<unknown>;
  readonly log: HeartbeatLog;
  /** @default 60_000 */
  readonly everyMs?: number;
  /** Before the first. @default 3_000: by then this process has its row in the database */
  readonly firstAfterMs?: number;
}

export interface Heartbeat {
  /** Sends no more, and waits for the one under way: 5 s at most. */
  readonly close: () => Promise<void>;
}

const ANSWER_MS = 5_000;
const CHECK_MS = 5_000;
const OVERDUE_MS = 60_000;

/** Whether this worker sends one now: another does; all is well; or why none is sent. */
export type Turn =
  | { readonly kind: 'another' }
  | { readonly kind: 'well' }
  | { readonly kind: 'held'; readonly reason: string };

/** Of all running workers the one that started first sends it. */
export function turnOf(state: DatabaseState, selfId: string): Turn {
  const { now, sessions, lastAudit } = state;
  const [first] = workersOf(state);
  if (first?.id !== selfId) return { kind: 'another' };
  if (sessions.overdueSince !== null && now - sessions.overdueSince > OVERDUE_MS)
    return { kind: 'held', reason: 'a session has been overdue for more than a minute' };
  if (lastAudit !== null && isUnacknowledged(lastAudit))
    return { kind: 'held', reason: 'the last audit found differences that nobody has acknowledged' };
  return { kind: 'well' };
}

/**
 * Tells an external monitor, once a minute, that all is well: silence is the alarm. Of a heartbeat only its status is
 * logged, and only when it changes.
 */
export function startHeartbeat(parts: HeartbeatParts): Heartbeat {
  const { url, selfId, database, pingQueue, log, everyMs = 60_000, firstAfterMs = 3_000 } = parts;
  const closing = new AbortController();
  let lastLine = '';

  function logChange(level: keyof HeartbeatLog, fields: object, text: string): void {
    const line = `${JSON.stringify(fields)} ${text}`;
    if (line !== lastLine) log[level](fields, text);
    lastLine = line;
  }

  async function check(): Promise<Turn> {
    try {
      const answers = Promise.all([database.ping(), database.state(), pingQueue()]);
      const [, state] = await withTimeout(answers, CHECK_MS, 'no answer in time');
      return turnOf(state, selfId);
    } catch {
      return { kind: 'held', reason: 'the database or the queue does not answer' };
    }
  }

  async function send(): Promise<void> {
    const status = await statusOf(url);
    if (status !== null && status >= 200 && status < 300)
      logChange('info', { status }, 'The heartbeat is sent');
    else logChange('warn', { status }, 'The heartbeat was not accepted: see HEARTBEAT_URL');
  }

  async function run(): Promise<void> {
    let nextMs = performance.now() + firstAfterMs;
    for (;;) {
      await sleep(Math.max(0, nextMs - performance.now()), closing.signal);
      if (closing.signal.aborted) return;
      // Not one for each minute that this machine slept.
      nextMs = Math.max(nextMs + everyMs, performance.now());
      const turn = await check();
      if (turn.kind === 'held') logChange('warn', { reason: turn.reason }, 'No heartbeat is sent');
      if (turn.kind === 'well') await send();
    }
  }

  const running = run();
  return {
    close: async () => {
      closing.abort();
      await running;
    },
  };
}

/** Null where there was no answer. What fetch throws may name the address, so it is dropped. */
async function statusOf(url: string): Promise<number | null> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MS) });
    await response.body?.cancel();
    return response.status;
  } catch {
    return null;
  }
}
