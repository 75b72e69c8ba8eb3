/** The processes: the real executor, fast path, status reader, alarm handler and sweep, over the simulated store and queue. */
import { type FastPath, createFastPath } from '../../../src/sessions/fast-path.ts';
import {
  createExecutor,
  EXECUTOR_LIMITS,
  type Executor,
  type Observer,
} from '../../../src/sessions/executor.ts';
import { type Reads, createStatusReader } from '../../../src/sessions/reads.ts';
import { type SweepParts, sweepOnce } from '../../../src/sessions/sweep.ts';
import { createHandlers } from '../../../src/sessions/commands/handlers.ts';
import { processAlarm, type ProcessorParts } from '../../../src/alarms/processor.ts';
import type { SessionId } from '../../../src/billing/ids.ts';
import type { Instant } from '../../../src/billing/time.ts';
import type { Alarms, SettledBlock, Settlement } from '../../../src/sessions/alarms.ts';
import type { Tables } from '../../kit/memory-database/tables.ts';
import type { Judge } from '../check/judge.ts';
import type { Plan } from '../plan/plan.ts';
import type { Random } from '../../kit/random.ts';
import { createLifecycle, type Lifecycle } from './lifecycle.ts';
import type { Queue } from './queue.ts';
import type { Schedule } from './schedule.ts';
import type { StoreSurroundings } from './links.ts';
import { connectStore } from './store.ts';
import { ProcessDead } from './failures.ts';
import { type Settings, watch } from './record-decisions.ts';

/** An API or a worker, from one start to its death. */
export interface Process {
  readonly lifecycle: Lifecycle;
  readonly execute: Executor['execute'];
  readonly recordActivity: FastPath['recordActivity'];
  readonly status: Reads['status'];
}

export interface ProcessSurroundings extends StoreSurroundings {
  readonly queue: Queue;
  readonly schedule: Schedule;
  readonly random: Random;
  readonly judge: Judge;
  readonly plan: Pick<Plan, 'sweep' | 'maxBatchSize' | 'maxBatchesUnderWay'>;
  readonly count: (what: string) => void;
}

export function startProcess(
  name: string,
  isWorker: boolean,
  settings: Settings,
  around: ProcessSurroundings,
): Process {
  const { queue, notes, plan, schedule, tell } = around;
  const lifecycle = createLifecycle(name, schedule, tell, around.count);
  const { policy, earlyStartMs, startWindowMs } = settings;
  const store = connectStore(lifecycle, around);
  const observer = observerFor(around);
  const { maxBatchSize, maxBatchesUnderWay } = plan;
  const more = Array.from({ length: maxBatchesUnderWay - 1 }, () => 1);
  const limits = { ...EXECUTOR_LIMITS, maxBatchSize, startsAt: [1, ...more] as const };
  const handlers = watch(
    createHandlers({ policy, window: { earlyStartMs, startWindowMs } }),
    settings,
    (note) => notes.push(note),
  );
  const alarms = queue.alarmsOf(lifecycle);
  const executor = createExecutor({
    transact: store.transact,
    alarms,
    handlers,
    observer,
    steadyMs: schedule.now,
    limits,
  });
  const { execute } = executor;
  const fastPath = createFastPath({ touch: store.touch, execute, observer, limits });
  if (isWorker) {
    consume(lifecycle, execute, alarms.arm, around);
    void sweepForLife(lifecycle, { store, execute }, around);
  }
  return {
    lifecycle,
    execute,
    recordActivity: fastPath.recordActivity,
    status: createStatusReader(store.read).status,
  };
}

function consume(
  lifecycle: Lifecycle,
  execute: Executor['execute'],
  arm: Alarms['arm'],
  { queue, judge, server }: ProcessSurroundings,
): void {
  const parts: ProcessorParts = {
    settle: (sessionId) => execute('settle', { sessionId }),
    settledAt: (sessionId, at) => Promise.resolve(settlementIn(server.database.tables(), sessionId, at)),
    arm,
  };
  queue.consume(lifecycle, async (alarm) => {
    try {
      return await processAlarm(alarm, parts, false);
    } catch (error) {
      if (error instanceof ProcessDead) throw error;
      judge.expected('an alarm', error);
      return null;
    }
  });
}

/** What the ledger of the simulation holds for one deadline of a session. */
function settlementIn({ entries, sessions }: Tables, id: SessionId, at: Instant): Settlement {
  const found = entries.filter(({ entry }) => entry.sessionId === id && entry.effectiveAt === at);
  const blocks = (kind: 'charge' | 'refund'): readonly SettledBlock[] =>
    found.flatMap(({ entry }) =>
      entry.kind === kind && entry.intervalNo !== null
        ? [{ block: entry.intervalNo, units: 1, reason: entry.reason }]
        : [],
    );
  const row = sessions.get(id);
  const end = row?.session.state === 'ended' && row.session.endedAt === at ? row.session : null;
  return {
    charged: blocks('charge'),
    refunded: blocks('refund'),
    ended: end?.endReason ?? null,
    recordedAt: found[0]?.recordedAt ?? (end === null ? null : (row?.endRecordedAt ?? null)),
  };
}

interface Sweeper {
  readonly store: ReturnType<typeof connectStore>;
  readonly execute: Executor['execute'];
}

/** As workers/sweep.ts keeps it up: a round at once, and again after every interval, give or take a fifth. */
async function sweepForLife(lifecycle: Lifecycle, { store, execute }: Sweeper, around: ProcessSurroundings) {
  const { schedule, random, judge, plan, count } = around;
  const parts: SweepParts = {
    overdue: store.overdue,
    execute,
    onFailure: (_id, error) => judge.expected('a sweep', error),
  };
  try {
    while (!lifecycle.isDead()) {
      try {
        const { sessions } = await sweepOnce(parts, plan.sweep, new AbortController().signal);
        if (sessions > 0) count('sessions swept');
      } catch (error) {
        judge.expected('a sweep', error);
      }
      await schedule.pause(plan.sweep.intervalMs * (0.8 + random.next() * 0.4));
      await lifecycle.takeUp();
    }
  } catch (error) {
    if (!(error instanceof ProcessDead)) judge.fail('error', String(error));
  }
}

const observerFor = ({ tell, count, judge }: ProcessSurroundings): Observer => ({
  committed: ({ size }) => {
    if (size > 1) count('batches of several');
  },
  touched: ({ size }) => {
    if (size > 1) count('touches of several');
  },
  batchBroken: ({ size, error }) => {
    tell(`a batch of ${size} was refused and goes in halves`);
    judge.expected('a batch', error);
  },
  touchFailed: (error) => judge.expected('a touch', error),
  alarmsNotSet: () => tell('alarms could not be set'),
});
