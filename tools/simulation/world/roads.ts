/** The ways between a process and the database, and what stands beside them. */
import type { Weakness } from '../../kit/memory-database/weakness.ts';
import type { Judge } from '../check/judge.ts';
import type { Random } from '../../kit/random.ts';
import type { Armed } from './armed.ts';
import type { Life } from './life.ts';
import type { Schedule } from './schedule.ts';
import type { Server } from './server.ts';
import type { Note } from './watch.ts';

export interface StoreSurroundings {
  readonly server: Server;
  readonly schedule: Schedule;
  /** How long a hop over the network takes. */
  readonly hopMs: () => number;
  readonly random: Random;
  readonly armed: Armed;
  readonly judge: Judge;
  /** What the verbs noted since it was last emptied. */
  readonly notes: Note[];
  readonly weakness: Weakness | null;
  readonly tell: (line: string) => void;
}

export interface Roads {
  /** To the database. @throws Trouble `lost` where it is away. */
  readonly there: () => Promise<void>;
  /** Back to the process. @throws NobodyListens where it died. */
  readonly home: () => Promise<void>;
}

export const roadsOf = (life: Life, { schedule, hopMs, server }: StoreSurroundings): Roads => ({
  there: async () => {
    await schedule.pause(hopMs());
    await life.takeUp();
    server.assertThere();
  },
  home: async () => {
    await schedule.pause(hopMs());
    await life.takeUp();
  },
});
