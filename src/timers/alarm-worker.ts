import type { SessionId } from '../billing/ids.ts';
import type { PageDeadlines } from '../sessions/alarms.ts';
import { type AlarmOutcome, createProcessor } from './alarm-processor.ts';
import type { Backend, ConsumerOptions } from './backend.ts';
import { chooseBackend } from './choose-backend.ts';
import { createHand } from './hand.ts';
import { createLooks } from './looks.ts';
import type { Report } from './notice.ts';
import type { QueueSettings } from './queue-settings.ts';
import { createTurns } from './turns.ts';
import { watchConsumer } from './watchdog.ts';

export type { AlarmOutcome } from './alarm-processor.ts';

export interface AlarmWorkerOptions {
  readonly queue: QueueSettings;
  /** Alarms in hand at the same time, per instance. @default 50 */
  readonly concurrency?: number;
  /**
   * Queue consumers in this process. On PostgreSQL each fetches one job after the other, so two fetch more; on Redis
   * one consumer takes what all of them may have in hand. @default 1
   */
  readonly instances?: number;
  /**
   * An alarm whose worker gives no sign of life for so long is given to another: on Redis when this time is over, on
   * PostgreSQL at the second of the rounds below that follow. @default 10_000
   */
  readonly lockDurationMs?: number;
  /** How often dead workers are looked for on PostgreSQL. @default 5_000 */
  readonly stalledIntervalMs?: number;
  /**
   * Where every active session's deadline can be read, to arm them all when Redis has lost its data. Without it that
   * is left to the sweep.
   */
  readonly deadlines?: PageDeadlines;
  /** A consumer that had no answer of the queue for so long is replaced by a new one. @default 15_000 */
  readonly silentMs?: number;
  /**
   * Looks at the session and does whatever is due. Called at any time, any number of times, also twice at
   * once: it decides from what is stored. When it throws, the alarm rings again after `retryAfterMs`.
   */
  readonly onAlarm: (sessionId: SessionId) => Promise<AlarmOutcome>;
  /**
   * Give or take a quarter. It does not grow: what passes by itself was tried again by `onAlarm` already,
   * and the sweep looks about as often, too. @default 5_000
   */
  readonly retryAfterMs?: number;
  readonly report: Report;
}

export interface AlarmWorker {
  /** How long ago the queue last gave an answer to the loop that is furthest behind. Normal: below a few seconds. */
  readonly sinceTurnMs: () => number;
  /** Takes no further alarm and resolves when those in hand are done. Safe to repeat. */
  readonly close: () => Promise<void>;
}

export async function createAlarmWorker(options: AlarmWorkerOptions): Promise<AlarmWorker> {
  const { queue, report, instances = 1, concurrency = 50, silentMs = 15_000 } = options;
  const backend = chooseBackend(queue);
  const looks = createLooks();
  const turns = createTurns();
  const process = createProcessor({ ...options, random: Math.random });
  const consumer = await watchConsumer({
    open: openConsumer(backend, {
      settings: {
        instances,
        concurrency,
        lockDurationMs: options.lockDurationMs ?? 10_000,
        stalledIntervalMs: options.stalledIntervalMs ?? 5_000,
      },
      process: (inHand) => looks.counted(process(inHand)),
      // Of the process, not of a consumer: one that is replaced leaves its looks behind.
      hand: createHand(instances * concurrency),
      turns,
      deadlines: options.deadlines ?? null,
      report,
    }),
    turns,
    silentMs,
    report,
  });
  let closing: Promise<void> | null = null;
  return {
    sinceTurnMs: turns.oldestMs,
    close: () => (closing ??= consumer.close(looks.done)),
  };
}

const openConsumer = (backend: Backend, options: ConsumerOptions) => () => backend.openConsumer(options);
