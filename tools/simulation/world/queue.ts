/**
 * The simulated queue, with BullMQ's habits: a job id that exists is not added again; a job in hand is its worker's
 * until the lease runs out; what a worker says of a job that is no longer its own is not heard.
 */
import { after, type Instant } from '../../../src/billing/time.ts';
import type { Alarm, Alarms } from '../../../src/sessions/alarms.ts';
import { alarmJob, parseAlarm } from '../../../src/alarms/job.ts';
import type { Processed } from '../../../src/alarms/processor.ts';
import type { Judge } from '../check/judge.ts';
import type { Random } from '../../kit/random.ts';
import type { PendingFaults } from './failures.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Schedule } from './schedule.ts';
import { never, ProcessDead, SimulatedFailure } from './failures.ts';

export interface Queue {
  readonly alarmsOf: (lifecycle: Lifecycle) => Alarms;
  /** From now on this process takes alarms that ring. */
  readonly consume: (lifecycle: Lifecycle, settle: SettleAlarm) => void;
  readonly goAway: (forMs: number) => void;
  readonly empty: () => void;
  /** Rings, loses or delays one of the jobs, by its index among them. False where there is none. */
  readonly tamper: (which: number, how: 'early' | 'lost' | { readonly lateMs: number }) => boolean;
  /** Whether an alarm of the session is set, or rings, or is in hand. */
  readonly hasAlarm: (sessionId: number) => boolean;
}

/** Null: it failed, and is repeated a while later. */
export type SettleAlarm = (alarm: Pick<Alarm, 'sessionId' | 'at'>) => Promise<Processed | null>;

interface Job {
  readonly id: string;
  readonly name: string;
  readonly data: unknown;
  dueAt: Instant;
  /** Who has it in hand; null while it waits. */
  lease: object | null;
}

export interface QueueSurroundings {
  readonly schedule: Schedule;
  readonly hopMs: () => number;
  readonly random: Random;
  readonly pending: PendingFaults;
  readonly judge: Pick<Judge, 'arming'>;
  readonly tell: (line: string) => void;
}

/** On the small scale of a simulation: how long a dead worker's alarm is its own, and a command waits for the queue. */
const LIMITS = { leaseMs: 1_000, commandMs: 200, nobodyMs: 50, retryMs: 500 };

export function createQueue(around: QueueSurroundings): Queue {
  const { schedule, hopMs, judge } = around;
  const { jobs, done, consumers, setDue, isAway, goAway } = openBroker(around);

  async function command(
    lifecycle: Lifecycle,
    alarms: readonly Alarm[],
    act: (alarm: Alarm) => void,
  ): Promise<void> {
    judge.arming(alarms);
    lifecycle.reach('arming');
    await schedule.pause(hopMs());
    if (lifecycle.isDead()) return never();
    if (isAway()) {
      await schedule.pause(LIMITS.commandMs);
      if (lifecycle.isDead()) return never();
      throw new SimulatedFailure('lost', 'the queue is away');
    }
    for (const alarm of alarms) act(alarm);
  }

  function add(alarm: Alarm): void {
    const { name, data, opts } = alarmJob(alarm, schedule.now());
    if (jobs.has(opts.jobId) || done.has(opts.jobId)) return;
    const job: Job = { id: opts.jobId, name, data, dueAt: schedule.now(), lease: null };
    jobs.set(opts.jobId, job);
    setDue(job, after(schedule.now(), opts.delay));
  }

  return {
    consume: (lifecycle, settle) => {
      consumers.set(lifecycle, settle);
      lifecycle.onDeath(() => consumers.delete(lifecycle));
    },
    alarmsOf: (lifecycle) => ({
      arm: (alarms) => command(lifecycle, alarms, add),
    }),
    goAway,
    empty: () => {
      jobs.clear();
      done.clear();
    },
    tamper: (which, how) => {
      const waiting = [...jobs.values()].filter(({ lease }) => lease === null);
      const job = waiting[which % waiting.length];
      if (job === undefined) return false;
      if (how === 'lost') jobs.delete(job.id);
      else setDue(job, how === 'early' ? schedule.now() : after(job.dueAt, how.lateMs));
      return true;
    },
    hasAlarm: (sessionId) => [...jobs.values()].some(({ id }) => id.startsWith(`session-${sessionId}-`)),
  };
}

/** The jobs, who has them in hand, and for how long. */
function openBroker({ schedule, hopMs, random, pending, tell }: QueueSurroundings) {
  const jobs = new Map<string, Job>();
  /** Kept for the board: under their ids nothing is added. */
  const done = new Set<string>();
  const consumers = new Map<Lifecycle, SettleAlarm>();
  let backAt = schedule.now();
  const isAway = (): boolean => schedule.now() < backAt;

  function setDue(job: Job, at: Instant): void {
    job.dueAt = at;
    job.lease = null;
    schedule.at(at, () => {
      if (jobs.get(job.id) === job && job.lease === null && job.dueAt === at) ring(job);
    });
  }

  function ring(job: Job): void {
    const ready = [...consumers.keys()].filter((lifecycle) => !lifecycle.isDead() && !lifecycle.isPaused());
    const [first, ...others] = ready;
    if (isAway()) return setDue(job, backAt);
    if (first === undefined) return setDue(job, after(schedule.now(), LIMITS.nobodyMs));
    const lifecycle = random.pick([first, ...others]);
    const lease = {};
    job.lease = lease;
    void inHand(job, lease, lifecycle);
    const twin =
      pending.take('alarm_doubled') === null ? undefined : ready.find((other) => other !== lifecycle);
    if (twin !== undefined) void inHand(job, {}, twin);
    watchLease(job, lease, lifecycle);
  }

  /** A living worker keeps its lease; of a dead or a stopped one, the job goes to another. */
  function watchLease(job: Job, lease: object, lifecycle: Lifecycle): void {
    schedule.in(LIMITS.leaseMs, () => {
      if (jobs.get(job.id) !== job || job.lease !== lease) return;
      if (!lifecycle.isDead() && !lifecycle.isPaused() && !unheard.has(lease))
        return watchLease(job, lease, lifecycle);
      tell(`${job.id} is taken from ${lifecycle.name}`);
      setDue(job, schedule.now());
    });
  }

  function settleJob(job: Job, putBackMs: number | null): void {
    if (putBackMs !== null) return setDue(job, after(schedule.now(), putBackMs));
    jobs.delete(job.id);
    done.add(job.id);
  }

  async function inHand(job: Job, lease: object, lifecycle: Lifecycle): Promise<void> {
    let putBackMs: number | null = null;
    try {
      await schedule.pause(hopMs());
      await lifecycle.takeUp();
      const alarm = parseAlarm(job.name, job.data);
      const processed = alarm === null ? null : await consumers.get(lifecycle)?.(alarm);
      if (processed === null) putBackMs = LIMITS.retryMs;
      else if (processed?.kind === 'early') putBackMs = processed.leftMs;
      await schedule.pause(hopMs());
      await lifecycle.takeUp();
    } catch (error) {
      if (error instanceof ProcessDead) return;
      throw error;
    }
    if (isAway() || pending.take('ack_lost') !== null) unheard.add(lease);
    else if (jobs.get(job.id) === job && job.lease === lease) settleJob(job, putBackMs);
  }

  return {
    jobs,
    done,
    consumers,
    setDue,
    isAway,
    goAway: (forMs: number): void => {
      backAt = after(schedule.now(), forMs);
    },
  };
}

/** Leases of jobs that are done, but whose acknowledgement was lost. */
const unheard = new WeakSet<object>();
