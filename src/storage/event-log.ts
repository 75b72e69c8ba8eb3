import { appointmentId } from '../billing/ids.ts';
import { createAsker, READ_LIMITS } from '../sessions/batcher.ts';
import type { EventLog, EventPage } from '../sessions/feed.ts';
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

interface AskedPage extends AskedEvents {
  readonly limit: number;
}

/** Ten thousand followers may ask at once, as after a restart. */
const LIMITS = { ...READ_LIMITS, maxBatchSize: 256, limit: 50_000 };

/** Postgres behind the port of the followers, and always the primary. */
export function createEventLog(client: PrismaClient): EventLog {
  const ask = createAsker<AskedPage, EventPage>(LIMITS, async (asked) => {
    const most = Math.max(...asked.map(({ limit }) => limit));
    const [row] = await retrying(() => client.$queryRaw<EventsRow[]>(eventsAfter(asked, most)));
    const pages = new Map(row?.pages.map(([position, head, events]) => [asked[position], { head, events }]));
    return (page) => {
      const { head = 0, events = [] } = pages.get(page) ?? {};
      return { head, events: events.slice(0, page.limit).map(loggedEventFrom) };
    };
  });
  return {
    after: (appointment, after, limit) => ask({ appointmentId: appointment, after, limit }),
    marks: async (appointments) => {
      const [row] = await retrying(() => client.$queryRaw<MarksRow[]>(findMarks(appointments)));
      const marks = row?.marks ?? [];
      return new Map(marks.map(([id, eventNo, account]) => [appointmentId(id), { eventNo, account }]));
    },
  };
}
