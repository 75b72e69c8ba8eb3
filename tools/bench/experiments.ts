import { measureActivityLatency, measureActivityRate, measureStatusRate } from './experiments/api.ts';
import { measureConsoleCost } from './experiments/console-cost.ts';
import { measureConsoleLists } from './experiments/console-lists.ts';
import { measureDeductions } from './experiments/deductions.ts';
import { measureHerd } from './experiments/herd.ts';
import { measureKilledWorker } from './experiments/killed-worker.ts';
import { measureLateness } from './experiments/lateness.ts';
import { measureLiveCost } from './experiments/live-cost.ts';
import { measureLiveLatency, measureLiveSockets } from './experiments/live.ts';
import { measureLostAlarms } from './experiments/lost-alarms.ts';
import { measureMemory } from './experiments/memory.ts';
import { measureQueueTables } from './experiments/queue-tables.ts';
import { measureWalPerActivity } from './experiments/wal.ts';
import type { Measure } from './rig.ts';
import { measurePeerActivities, measurePeerBacklog, measurePeerLateness } from './peers/measure.ts';

/** One experiment of the bench. */
export interface ExperimentPlan {
  /** For `--only`, and the key in docs/performance.json. */
  readonly name: string;
  /** What it is, in a line, shown when it begins. */
  readonly about: string;
  /** What it takes with three rounds, roughly; one that takes three times as long, and a minute, counts as failed. */
  readonly minutes: number;
  readonly measure: Measure;
}

/** All of them, in the order of the table. */
export const EXPERIMENTS: readonly ExperimentPlan[] = [
  {
    name: 'activity-rate',
    about: 'activities a second, beside pgbench and beside the route alone',
    minutes: 1.2,
    measure: measureActivityRate,
  },
  {
    name: 'activity-latency',
    about: 'how long an activity takes at half of the highest rate',
    minutes: 0.8,
    measure: measureActivityLatency,
  },
  {
    name: 'status-rate',
    about: 'session-status a second, beside the route alone',
    minutes: 0.8,
    measure: measureStatusRate,
  },
  {
    name: 'wal',
    about: 'what an activity writes to the log, and how many stay off the indexes',
    minutes: 1.2,
    measure: measureWalPerActivity,
  },
  {
    name: 'deductions',
    about: 'due deductions a second from a backlog, on both queues, beside jobs that do nothing',
    minutes: 2.2,
    measure: measureDeductions,
  },
  {
    name: 'lateness',
    about: 'how late deductions are while many sessions are armed, and what an armed session takes of Redis',
    minutes: 2,
    measure: measureLateness,
  },
  {
    name: 'herd',
    about: 'thousands of sessions due at the same instant',
    minutes: 1.5,
    measure: measureHerd,
  },
  {
    name: 'lost-alarms',
    about: 'Redis emptied: until every active session is armed again',
    minutes: 1.8,
    measure: measureLostAlarms,
  },
  {
    name: 'killed-worker',
    about: 'kill -9 of a worker with alarms in flight',
    minutes: 1,
    measure: measureKilledWorker,
  },
  {
    name: 'queue-tables',
    about: 'what BullMQ takes on PostgreSQL while a day of 100,000 sessions goes by',
    minutes: 4,
    measure: measureQueueTables,
  },
  {
    name: 'memory',
    about: 'memory of API and worker, idle and under full load',
    minutes: 3.7,
    measure: measureMemory,
  },
  {
    name: 'live-latency',
    about: 'from a message at one API to the socket of the other person at another',
    minutes: 0.6,
    measure: measureLiveLatency,
  },
  {
    name: 'live-sockets',
    about: 'ten thousand sockets on one API: memory, fan-out, and how they come back from a stopped one',
    minutes: 0.7,
    measure: measureLiveSockets,
  },
  {
    name: 'live-cost',
    about: 'activities and deductions a second with nobody following, and with many',
    minutes: 1.8,
    measure: measureLiveCost,
  },
  {
    name: 'console-lists',
    about: "the console's pages on a million sessions: p95 of each, and page 10,000 beside page 1",
    minutes: 8,
    measure: measureConsoleLists,
  },
  {
    name: 'console-cost',
    about: 'activities a second beside twenty open pages of how it stands now',
    minutes: 1.9,
    measure: measureConsoleCost,
  },
  {
    name: 'peer-activities',
    about: 'activities a second, beside the peers',
    minutes: 1.2,
    measure: measurePeerActivities,
  },
  {
    name: 'peer-backlog',
    about: 'due deductions a second from a backlog, beside the peers',
    minutes: 1.5,
    measure: measurePeerBacklog,
  },
  {
    name: 'peer-lateness',
    about: 'how late deductions are at a modest rate, beside the peers',
    minutes: 3.8,
    measure: measurePeerLateness,
  },
];
