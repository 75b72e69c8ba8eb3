import type { Alarm, Alarms } from './alarms.ts';
import { alarmsAfter } from './alarms-after.ts';
import type { Commands, Kind, Outcomes } from './commands.ts';
import { gather, type GatherLimits } from './batcher.ts';
import type { Observer } from './observer.ts';
import type { RecordedChange } from './journal.ts';
import {
  AccountBusy,
  type Loaded,
  type Needs,
  type Store,
  StoreUnavailable,
  type WhenHeld,
  type Writes,
} from './store.ts';
import type { Verb } from './verb.ts';
import { openDesk, type Workspace } from './unit-of-work.ts';
import { writesOf } from './writes.ts';

/** The one path for every change: start, message, activity, end, alarm, sweep and admin all go through here. */
export interface Executor {
  /**
   * Carries out one command and answers after its commit. Whatever the rules refuse is an outcome.
   * @throws StoreUnavailable where the database cannot be reached or too much is waiting. The same command may
   * always be sent again: each is idempotent.
   */
  readonly execute: <K extends Kind>(kind: K, command: Commands[K]) => Promise<Outcomes[K]>;
  /** Resolves when nothing is under way, the setting of alarms included. */
  readonly drained: () => Promise<void>;
}

export type Verbs = { readonly [K in Kind]: Verb<K> };

export interface ExecutorOptions {
  readonly transact: Store['transact'];
  readonly alarms: Alarms;
  readonly verbs: Verbs;
  readonly observer: Observer;
  /** A clock that never goes back, in ms; only differences count. @default the process's own */
  readonly nowMs?: () => number;
  readonly limits?: GatherLimits;
}

/**
 * A batch may wait for an account that somebody holds: so whatever comes meanwhile starts a second at once. A third
 * starts under load only, so that there is always one that the database works on.
 */
export const EXECUTOR_LIMITS: GatherLimits = { maxBatchSize: 256, startsAt: [1, 1, 48], limit: 20_000 };

/** One command that waits for its batch. Of which kind it is, only its own functions know. */
interface Pending {
  readonly needs: Needs;
  readonly decide: (workspace: Workspace) => Answer;
  readonly reject: (error: unknown) => void;
}

/** Tells one caller; called after the commit, never before. */
type Answer = () => void;

export function createExecutor(options: ExecutorOptions): Executor {
  const { transact, alarms, verbs, observer, limits, nowMs = () => performance.now() } = options;
  const arming = new Set<Promise<void>>();
  const commands = gather<Pending>({
    ...(limits ?? EXECUTOR_LIMITS),
    carryOut: (batch) => carryOut(batch, 'wait'),
  });

  async function carryOut(batch: readonly Pending[], whenHeld: WhenHeld): Promise<void> {
    const startedAtMs = nowMs();
    let done: Decided;
    try {
      done = await transact(needsOf(batch), (loaded) => decideAll(batch, loaded), whenHeld);
    } catch (error) {
      return carryOutApart(batch, error, whenHeld);
    }
    observer.committed({
      size: batch.length,
      durationMs: nowMs() - startedAtMs,
      changes: done.changes,
    });
    for (const answer of done.answers) answer();
    if (done.alarms.length > 0) track(alarms.arm(done.alarms));
  }

  /**
   * A batch that the database refused goes again in halves, down to the one command that it refuses: no neighbour fails
   * with it. Neither does one where somebody else holds an account; the batch has waited, so its halves do not.
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

  /** Nobody waits for an alarm, and one that could not be set is the sweep's. */
  function track(set: Promise<void>): void {
    const tracked = set.catch(observer.alarmsNotSet).finally(() => arming.delete(tracked));
    arming.add(tracked);
  }

  return {
    execute: <K extends Kind>(kind: K, command: Commands[K]) =>
      new Promise<Outcomes[K]>((resolve, reject) => {
        const verb: Verb<K> = verbs[kind];
        const decide = (workspace: Workspace): Answer => {
          const outcome = verb.decide(command, workspace);
          return () => resolve(outcome);
        };
        const isTaken = commands.add({
          needs: verb.needs(command),
          decide,
          reject,
        });
        if (!isTaken) reject(new StoreUnavailable('too many commands are waiting for the database'));
      }),
    drained: async () => {
      await commands.drained();
      await Promise.all(arming);
    },
  };
}

/** What a batch came to, once it is committed. */
interface Decided {
  readonly answers: readonly Answer[];
  readonly changes: readonly RecordedChange[];
  readonly alarms: readonly Alarm[];
}

/** Folds every command of the batch over what was loaded. One that throws is told so alone. */
function decideAll(
  batch: readonly Pending[],
  loaded: Loaded,
): { readonly writes: Writes; readonly result: Decided } {
  const desk = openDesk(loaded);
  const answers = batch.map(({ decide, reject }): Answer => {
    try {
      return desk.attempt(decide);
    } catch (error) {
      return () => reject(error);
    }
  });
  const writes = writesOf(loaded, desk.work);
  const alarms = alarmsAfter(loaded, writes);
  return { writes, result: { answers, changes: desk.work.changes, alarms } };
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
