/** Runs one plan: the real engine in simulated processes, over a simulated database and queue, on a simulated clock. */
import { after, instant, type Instant } from '../../../src/billing/time.ts';
import { createJudge, type Failure, type Judge } from '../check/judge.ts';
import type { Tables } from '../../kit/memory-database/tables.ts';
import type { DatabaseBug } from '../../kit/memory-database/bug.ts';
import { describe } from '../plan/plan.ts';
import { PROCESSES } from '../plan/make-faults.ts';
import { nameOf, type Plan } from '../plan/plan.ts';
import { randomFrom } from '../../kit/random.ts';
import { createPendingFaults } from './failures.ts';
import { createClients } from './clients.ts';
import { type Process, type ProcessSurroundings, startProcess } from './processes.ts';
import { createQueue, type Queue } from './queue.ts';
import { createSchedule } from './schedule.ts';
import { createServer } from './server.ts';
import { BEGINNING_MS, openLog } from './log.ts';
import { injectFault, type World } from './inject-fault.ts';
import type { Note, Settings } from './record-decisions.ts';

export interface SimulationResult {
  /** The first thing that went wrong; null where nothing did. */
  readonly failure: Failure | null;
  readonly lines: readonly string[];
  /** Of all that happened: the same plan has the same, always. */
  readonly hash: string;
  /** How often each command and each fault met its occasion. */
  readonly counts: ReadonlyMap<string, number>;
  /** What is stored at the end, and the instant that it is then. */
  readonly tables: Tables;
  readonly now: Instant;
}

export async function simulate(plan: Plan, bug: DatabaseBug | null = null): Promise<SimulationResult> {
  const schedule = createSchedule(instant(BEGINNING_MS));
  const log = openLog(schedule.now);
  const counts = new Map<string, number>();
  const count = (what: string): void => {
    counts.set(what, (counts.get(what) ?? 0) + 1);
  };
  const random = randomFrom(plan.seed, 'world');
  const server = createServer(schedule, bug);
  const judge = createJudge({
    tables: server.database.tables,
    mayBeLateMs: (due) => mayBeLateMs(plan, due),
    hasFaults: plan.steps.some(({ is }) => is === 'fault'),
  });
  const pending = createPendingFaults((kind) => {
    count(kind);
    log.tell(`fault: ${kind}`);
  });
  const hopMs = hops(plan, random);
  const common = { schedule, hopMs, random, pending, judge, tell: log.tell };
  const queue = createQueue(common);
  const notes: Note[] = [];
  const around: ProcessSurroundings = { ...common, server, notes, bug, queue, plan, count };
  const world = startProcesses(plan, around);
  const clients = createClients({ ...common, tables: server.database.tables, apis: world.apis });
  for (const step of plan.steps)
    schedule.at(after(instant(BEGINNING_MS), step.atMs), () => {
      if (step.is === 'fault') return injectFault(step, { world, around });
      count(nameOf(step));
      log.tell(`asked: ${describe(step)}`);
      clients.send(step);
    });
  const isOver = (): boolean => judge.failure() !== null;
  await schedule.runUntil(after(instant(BEGINNING_MS), plan.faultsOverAtMs), isOver);
  pending.disarm();
  await schedule.runUntil(after(schedule.now(), quietMs(plan)), isOver);
  if (!isOver()) judgeTheEnd(plan, judge, server.database.tables(), queue, schedule.now());
  const [waiting] = clients.waiting();
  if (waiting !== undefined) judge.fail('unanswered', `${describe(waiting)} never had an answer`);
  return {
    failure: judge.failure(),
    lines: log.lines(),
    hash: log.hash(),
    counts,
    tables: server.database.tables(),
    now: schedule.now(),
  };
}

function startProcesses(plan: Plan, around: ProcessSurroundings): World {
  let { policy, earlyStartMs, startWindowMs }: Settings = plan;
  const isWorker = (index: number): boolean => PROCESSES[index]?.startsWith('worker') === true;
  const start = (index: number): Process =>
    startProcess(
      PROCESSES[index] ?? 'nobody',
      isWorker(index),
      { policy, earlyStartMs, startWindowMs },
      around,
    );
  const alive = PROCESSES.map((_name, index) => start(index));
  return {
    apis: () => alive.filter((_process, index) => !isWorker(index)),
    lifecycle: (index) => alive[index]?.lifecycle,
    revive: (index) => {
      if (alive[index]?.lifecycle.isDead() === true) alive[index] = start(index);
    },
    changeSettings: (settings) => {
      ({ policy, earlyStartMs, startWindowMs } = { policy, earlyStartMs, startWindowMs, ...settings });
    },
  };
}

/** One way over the network, in ms. */
function hops({ delays }: Plan, random: ReturnType<typeof randomFrom>): () => number {
  switch (delays) {
    case 'none':
      return () => 0;
    case 'short':
      return () => (random.chance(0.6) ? 0 : random.between(1, 4));
    case 'long':
      return () =>
        random.chance(0.5) ? 0 : random.chance(0.9) ? random.between(1, 20) : random.between(20, 150);
  }
}

/** An alarm that rings on time is that late at most, where nothing takes any time. */
const ON_TIME_MS = 15;
/** How long a round of the sweep and its transactions may take, on top of its period, when nothing else goes wrong. */
const ROUND_MS = 3_000;

const sweepLateMs = ({ sweep }: Plan): number => sweep.intervalMs * 1.2 + sweep.graceMs + ROUND_MS;

/** How late something may be written that was due then. While something goes wrong there is no limit. */
function mayBeLateMs(plan: Plan, due: Instant): number {
  if (plan.delays === 'none' && !plan.steps.some(({ is }) => is === 'fault')) return ON_TIME_MS;
  const overAt = after(instant(BEGINNING_MS), plan.faultsOverAtMs);
  return sweepLateMs(plan) + Math.max(0, overAt - due);
}

/** How long everything has to become right by itself. */
const quietMs = (plan: Plan): number => 2 * sweepLateMs(plan);

function judgeTheEnd(
  plan: Plan,
  judge: Judge,
  tables: Tables,
  { hasAlarm }: Pick<Queue, 'hasAlarm'>,
  now: Instant,
): void {
  judge.compareAll(now);
  const isCalm = !plan.steps.some(({ is }) => is === 'fault');
  for (const { session } of tables.sessions.values())
    if (isCalm && session.state === 'active' && !hasAlarm(session.id))
      judge.fail('alarm', `nothing went wrong, and session ${session.id} has no alarm`);
  for (const { session, nextDeadlineAt } of tables.sessions.values())
    if (nextDeadlineAt !== null && now - nextDeadlineAt > mayBeLateMs(plan, nextDeadlineAt))
      judge.fail('late', `session ${session.id} is due at ${nextDeadlineAt}, and nobody has settled it`);
}
