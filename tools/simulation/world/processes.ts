/** The processes: the real executor, fast path, status reader, alarm handler and sweep, over the simulated store and queue. */
import { type FastPath, createFastPath } from '../../../src/sessions/fast-path.ts';
import {
  createExecutor,
  EXECUTOR_LIMITS,
  type Executor,
  type Observer,
} from '../../../src/sessions/executor.ts';
import { type Reads, createStatusReader } from '../../../src/sessions/reads.ts';
import { settleOverdue } from '../../../src/sessions/sweep.ts';
import { createHandlers } from '../../../src/sessions/commands/handlers.ts';
import { lookAt } from '../../../src/alarms/alarm-processor.ts';
import { sweepOnce } from '../../../workers/sweep.ts';
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
    void sweepForLife(lifecycle, { store, execute, arm: (toArm) => alarms.arm(toArm) }, around);
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
  arm: Hands['arm'],
  { queue, judge }: ProcessSurroundings,
): void {
  queue.consume(lifecycle, async (alarm) => {
    try {
      return await lookAt(alarm, (sessionId) => execute('settle', { sessionId }), arm);
    } catch (error) {
      if (error instanceof ProcessDead) throw error;
      judge.expected('an alarm', error);
      return null;
    }
  });
}

interface Hands {
  readonly store: ReturnType<typeof connectStore>;
  readonly execute: Executor['execute'];
  readonly arm: Parameters<typeof sweepOnce>[0]['arm'];
}

/** As workers/sweep.ts keeps it up: a round at once, and again after every interval, give or take a fifth. */
async function sweepForLife(
  lifecycle: Lifecycle,
  { store, execute, arm }: Hands,
  around: ProcessSurroundings,
) {
  const { schedule, random, judge, plan, count } = around;
  const round = {
    ...plan.sweep,
    arm,
    settleOverdue: (page: Parameters<typeof settleOverdue>[0]) =>
      settleOverdue(page, store.overdue, execute, (_id, error) => judge.expected('a sweep', error)),
    onError: (error: unknown) => judge.expected('a sweep', error),
  };
  try {
    while (!lifecycle.isDead()) {
      try {
        const { sessions } = await sweepOnce(round, new AbortController().signal);
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
