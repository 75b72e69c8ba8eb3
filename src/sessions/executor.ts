import { createInFlight } from '../async/in-flight.ts';
import type { Alarm, Alarms } from './alarms.ts';
import { type BatcherLimits, createBatcher } from './batcher.ts';
import type { CommandHandler, CommandHandlers, CommandKind, Commands, Outcomes } from './commands.ts';
import {
  AccountBusy,
  type Loaded,
  type Needs,
  type Store,
  StoreUnavailable,
  type WhenHeld,
  type Writes,
} from './store.ts';
import { openUnitOfWork, type RecordedChange, type Work } from './unit-of-work.ts';
import { type WakeFollowers, type Wakes, wakesAfter } from './wakes.ts';
import { alarmsAfter, writesOf } from './writes.ts';

/** The one path for every change, whether a participant, an admin, an alarm or the sweep asks for it. */
export interface Executor {
  /**
   * Carries out one command and answers after its commit. What the rules refuse is an outcome.
   * @throws StoreUnavailable where the database cannot be reached or too many commands wait. A command is idempotent, so
   * it may be sent again.
   */
  readonly execute: <K extends CommandKind>(kind: K, command: Commands[K]) => Promise<Outcomes[K]>;
  /** Resolves when nothing is under way, neither a command nor the arming of alarms. */
  readonly idle: () => Promise<void>;
}

export interface ExecutorOptions {
  readonly transact: Store['transact'];
  readonly alarms: Alarms;
  /** Wakes the followers of what was committed. May not throw; nobody waits for it. */
  readonly wake?: WakeFollowers;
  readonly handlers: CommandHandlers;
  readonly observer: Observer;
  /** A clock that never goes back, in ms. Only differences count. @default performance.now */
  readonly steadyMs?: () => number;
  readonly limits?: BatcherLimits;
}

/** For metrics and logs. No function may throw or take long. */
export interface Observer {
  /** A batch was committed. */
  readonly committed: (batch: {
    readonly size: number;
    readonly durationMs: number;
    readonly changes: readonly RecordedChange[];
  }) => void;
  /** Activities took the fast path. */
  readonly touched: (batch: { readonly size: number; readonly durationMs: number }) => void;
  /** The database refused a batch, which is now carried out in halves. */
  readonly batchBroken: (batch: { readonly size: number; readonly error: unknown }) => void;
  /** The fast path failed for a batch of activities; they go through the executor. */
  readonly touchFailed: (error: unknown) => void;
  /** Alarms could not be armed. The sweep settles those sessions. */
  readonly alarmsNotSet: (error: unknown) => void;
}

/**
 * A batch may wait for a locked account, so a second one starts at once beside it. A third starts under load only, so that
 * the database always has one to work on.
 */
export const EXECUTOR_LIMITS: BatcherLimits = { maxBatchSize: 256, startsAt: [1, 1, 48], limit: 20_000 };

/** One command that waits for its batch. Its kind is known to its functions only. */
interface Pending {
  readonly needs: Needs;
  readonly decide: (work: Work) => Answer;
  readonly reject: (error: unknown) => void;
}

/** Answers one caller. Called after the commit, never before. */
type Answer = () => void;

export function createExecutor(options: ExecutorOptions): Executor {
  const { transact, alarms, wake, handlers, observer, limits, steadyMs = () => performance.now() } = options;
  const arming = createInFlight();
  const commands = createBatcher<Pending>({
    ...(limits ?? EXECUTOR_LIMITS),
    carryOut: (batch) => carryOut(batch, 'wait'),
  });

  async function carryOut(batch: readonly Pending[], whenHeld: WhenHeld): Promise<void> {
    const startedAtMs = steadyMs();
    let done: Decided;
    try {
      done = await transact(needsOf(batch), (loaded) => decideAll(batch, loaded), whenHeld);
    } catch (error) {
      return carryOutApart(batch, error, whenHeld);
    }
    observer.committed({
      size: batch.length,
      durationMs: steadyMs() - startedAtMs,
      changes: done.changes,
    });
    for (const answer of done.answers) answer();
    if (done.wakes !== null) wake?.(done.wakes);
    // Nobody waits for an alarm.
    if (done.alarms.length > 0) void arming.track(alarms.arm(done.alarms).catch(observer.alarmsNotSet));
  }

  /**
   * A rejected batch is bisected until the failing command is alone, so that no other command fails with it. After a
   * lock timeout the halves do not wait for the lock again.
   */
  async function carryOutApart(batch: readonly Pending[], error: unknown, whenHeld: WhenHeld): Promise<void> {
    const isBusy = error instanceof AccountBusy;
    if (batch.length === 1 || (error instanceof StoreUnavailable && !isBusy)) {
      for (const { reject } of batch) reject(error);
      return;
    }
    observer.batchBroken({ size: batch.length, error });
    const half = Math.ceil(batch.length / 2);
    const next = isBusy ? 'give_up' : whenHeld;
    await carryOut(batch.slice(0, half), next);
    await carryOut(batch.slice(half), next);
  }

  return {
    execute: <K extends CommandKind>(kind: K, command: Commands[K]) =>
      new Promise<Outcomes[K]>((resolve, reject) => {
        const handler: CommandHandler<K> = handlers[kind];
        const decide = (work: Work): Answer => {
          const outcome = handler.decide(command, work);
          return () => resolve(outcome);
        };
        const isTaken = commands.add({ needs: handler.needs(command), decide, reject });
        if (!isTaken) reject(new StoreUnavailable('too many commands are waiting for the database'));
      }),
    idle: async () => {
      await commands.idle();
      await arming.idle();
    },
  };
}

/** What remains to be done once the batch is committed. */
interface Decided {
  readonly answers: readonly Answer[];
  readonly changes: readonly RecordedChange[];
  readonly alarms: readonly Alarm[];
  readonly wakes: Wakes | null;
}

/** Folds the commands of a batch over what was loaded. A command that throws fails alone. */
function decideAll(
  batch: readonly Pending[],
  loaded: Loaded,
): { readonly writes: Writes; readonly result: Decided } {
  const { attempt, recorded } = openUnitOfWork(loaded);
  const answers = batch.map(({ decide, reject }): Answer => {
    try {
      return attempt(decide);
    } catch (error) {
      return () => reject(error);
    }
  });
  const writes = writesOf(loaded, recorded);
  const alarms = alarmsAfter(loaded, writes);
  return {
    writes,
    result: { answers, changes: recorded.changes, alarms, wakes: wakesAfter(recorded, writes) },
  };
}

function needsOf(batch: readonly Pending[]): Needs {
  const all = batch.map(({ needs }) => needs);
  return {
    appointments: all.flatMap((needs) => needs.appointments ?? []),
    sessions: all.flatMap((needs) => needs.sessions ?? []),
    grants: all.flatMap((needs) => needs.grants ?? []),
    entries: all.flatMap((needs) => needs.entries ?? []),
    patients: all.flatMap((needs) => needs.patients ?? []),
    messages: all.flatMap((needs) => needs.messages ?? []),
    corrections: all.flatMap((needs) => needs.corrections ?? []),
    newSessions: all.reduce((sum, needs) => sum + (needs.newSessions ?? 0), 0),
  };
}
