import { appointmentId } from '../billing/ids.ts';
import { type BatcherLimits, createBatcher } from '../sessions/batcher.ts';
import type { EventLog, EventPage } from '../sessions/feed.ts';
import { StoreUnavailable } from '../sessions/store.ts';
import type { PrismaClient } from './client.ts';
import { retrying } from './errors.ts';
import {
  type AskedEvents,
  eventsAfter,
  type EventsRow,
  findMarks,
  loggedEventFrom,
  type MarksRow,
} from './sql/follow.ts';

interface Pending extends AskedEvents {
  readonly limit: number;
  readonly resolve: (page: EventPage) => void;
  readonly reject: (error: unknown) => void;
}

const LIMITS: BatcherLimits = { maxBatchSize: 256, startsAt: [1, 24], limit: 50_000 };

/** Postgres behind the port of the followers, and always the primary. */
export function createEventLog(client: PrismaClient): EventLog {
  const batcher = createBatcher<Pending>({ ...LIMITS, carryOut });

  async function carryOut(batch: readonly Pending[]): Promise<void> {
    try {
      const limit = Math.max(...batch.map((pending) => pending.limit));
      const [row] = await retrying(() => client.$queryRaw<EventsRow[]>(eventsAfter(batch, limit)));
      const pages = new Map(row?.pages.map(([position, head, events]) => [position, { head, events }]));
      for (const [position, pending] of batch.entries()) {
        const { head = 0, events = [] } = pages.get(position) ?? {};
        pending.resolve({ head, events: events.slice(0, pending.limit).map(loggedEventFrom) });
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return {
    after: (asked, after, limit) =>
      new Promise((resolve, reject) => {
        const isTaken = batcher.add({ appointmentId: asked, after, limit, resolve, reject });
        if (!isTaken) reject(new StoreUnavailable('too many readers are waiting for the database'));
      }),
    marks: async (appointments) => {
      const [row] = await retrying(() => client.$queryRaw<MarksRow[]>(findMarks(appointments)));
      const marks = row?.marks ?? [];
      return new Map(marks.map(([id, eventNo, account]) => [appointmentId(id), { eventNo, account }]));
    },
  };
}
