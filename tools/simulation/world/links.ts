/** The network between a process and the database, and everything a simulated store needs. */
import type { DatabaseBug } from '../../kit/memory-database/bug.ts';
import type { Judge } from '../check/judge.ts';
import type { Random } from '../../kit/random.ts';
import type { PendingFaults } from './failures.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Schedule } from './schedule.ts';
import type { Server } from './server.ts';
import type { Note } from './record-decisions.ts';

export interface StoreSurroundings {
  readonly server: Server;
  readonly schedule: Schedule;
  /** How long a hop over the network takes. */
  readonly hopMs: () => number;
  readonly random: Random;
  readonly pending: PendingFaults;
  readonly judge: Judge;
  /** What the command handlers noted since it was last emptied. */
  readonly notes: Note[];
  readonly bug: DatabaseBug | null;
  readonly tell: (line: string) => void;
}

export interface Links {
  /** To the database. @throws SimulatedFailure `lost` where it is away. */
  readonly there: () => Promise<void>;
  /** Back to the process. @throws ProcessDead where it died. */
  readonly home: () => Promise<void>;
}

export const linksOf = (lifecycle: Lifecycle, { schedule, hopMs, server }: StoreSurroundings): Links => ({
  there: async () => {
    await schedule.pause(hopMs());
    await lifecycle.takeUp();
    server.assertThere();
  },
  home: async () => {
    await schedule.pause(hopMs());
    await lifecycle.takeUp();
  },
});
