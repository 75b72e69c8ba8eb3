import { measureDeductionCurve } from './deductions/deduction-curve.ts';
import { measureDeductionRate } from './deductions/deduction-rate.ts';
import { measureActivityLatency } from './http/activity-latency.ts';
import { measureActivityRate } from './http/activity-rate.ts';
import { measureStatusRate } from './http/status-rate.ts';
import { measureWalPerActivity } from './http/wal-per-activity.ts';
import { measureMemory } from './memory/memory-under-load.ts';
import { measureHerd } from './lateness/herd.ts';
import { measureKilledWorker } from './lateness/killed-worker.ts';
import { measureLateness } from './lateness/lateness.ts';
import { measureLostAlarms } from './lateness/lost-alarms.ts';
import { measurePeerActivities } from './peers/peer-activities.ts';
import { measurePeerBacklog } from './peers/peer-backlog.ts';
import { measurePeerLateness } from './peers/peer-lateness.ts';
import type { MeasureSettings, Outcome } from './row.ts';
import type { Rig } from './rig.ts';

/** One experiment of the bench: what it is called on the command line, and how it is measured. */
export interface ExperimentPlan {
  /** For `--only`, and the key in docs/performance.json. */
  readonly name: string;
  /** What it is, in a line, told when it begins. */
  readonly about: string;
  /** Whether `npm run bench` without `--full` has it. */
  readonly inShortRun: boolean;
  /** What it takes, roughly; one that takes three times as long, and a minute, counts as failed. */
  readonly minutes: { readonly short: number; readonly full: number };
  readonly measure: (rig: Rig, say: (line: string) => void, settings: MeasureSettings) => Promise<Outcome>;
}

/** All of them, in the order of the table. */
export const EXPERIMENTS: readonly ExperimentPlan[] = [
  {
    name: 'activity-rate',
    about: 'activities a second, beside pgbench and beside the route alone',
    inShortRun: true,
    minutes: { short: 0.8, full: 1.7 },
    measure: measureActivityRate,
  },
  {
    name: 'activity-latency',
    about: 'how long an activity takes, at half of the highest rate and over the whole range',
    inShortRun: true,
    minutes: { short: 1, full: 2.4 },
    measure: measureActivityLatency,
  },
  {
    name: 'status-rate',
    about: 'session-status a second, beside the route alone',
    inShortRun: true,
    minutes: { short: 0.6, full: 1.2 },
    measure: measureStatusRate,
  },
  {
    name: 'deduction-rate',
    about: 'due deductions a second from a backlog, beside jobs that do nothing',
    inShortRun: true,
    minutes: { short: 1.2, full: 2.5 },
    measure: measureDeductionRate,
  },
  {
    name: 'deduction-curve',
    about: 'deductions a second against the alarms in hand',
    inShortRun: false,
    minutes: { short: 1, full: 2.2 },
    measure: measureDeductionCurve,
  },
  {
    name: 'wal-per-activity',
    about: 'what an activity writes to the log, and how many stay off the indexes',
    inShortRun: true,
    minutes: { short: 1.2, full: 2 },
    measure: measureWalPerActivity,
  },
  {
    name: 'memory',
    about: 'memory of API and worker, idle and under full load',
    inShortRun: true,
    minutes: { short: 0.9, full: 11.5 },
    measure: measureMemory,
  },
  {
    name: 'lateness',
    about: 'how late deductions are while so many sessions are armed, and what an armed session costs',
    inShortRun: true,
    minutes: { short: 1.5, full: 9 },
    measure: measureLateness,
  },
  {
    name: 'herd',
    about: 'thousands of sessions due at the same instant',
    inShortRun: true,
    minutes: { short: 0.7, full: 2 },
    measure: measureHerd,
  },
  {
    name: 'lost-alarms',
    about: 'Redis emptied: until every active session is armed again',
    inShortRun: true,
    minutes: { short: 0.5, full: 3 },
    measure: measureLostAlarms,
  },
  {
    name: 'killed-worker',
    about: 'kill -9 of a worker with alarms in hand',
    inShortRun: true,
    minutes: { short: 0.3, full: 1 },
    measure: measureKilledWorker,
  },
  {
    name: 'peer-activities',
    about: 'activities a second, beside the peers',
    inShortRun: true,
    minutes: { short: 0.6, full: 1.8 },
    measure: measurePeerActivities,
  },
  {
    name: 'peer-backlog',
    about: 'due deductions a second from a backlog, beside the peers',
    inShortRun: true,
    minutes: { short: 0.6, full: 4.5 },
    measure: measurePeerBacklog,
  },
  {
    name: 'peer-lateness',
    about: 'how late deductions are at a modest rate, beside the peers',
    inShortRun: false,
    minutes: { short: 0.8, full: 4 },
    measure: measurePeerLateness,
  },
];
