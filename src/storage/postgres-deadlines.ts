import { sessionId } from '../billing/ids.ts';
import { instant } from '../billing/time.ts';
import type { PageDeadlines } from '../sessions/alarms.ts';
import type { PrismaClient } from './client.ts';
import { persistently } from './persistence.ts';
import { type DeadlineRow, pageDeadlines } from './sql/deadlines.ts';

/** The deadlines of all active sessions, for whoever has to arm them all. */
export const createDeadlinePages =
  (client: PrismaClient): PageDeadlines =>
  ({ after, limit }) =>
    persistently(async () => {
      const rows = await client.$queryRaw<DeadlineRow[]>(pageDeadlines(after, limit));
      return rows.map((row) => ({
        sessionId: sessionId(row.session_id),
        at: instant(row.next_deadline_ms),
      }));
    });
