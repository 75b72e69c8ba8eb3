import { appointmentId, sessionId, type SessionId } from '../billing/ids.ts';
import { type Instant, instant } from '../billing/time.ts';
import { alarmFor, type Deadlines, type SettledBlock, type Settlement } from '../sessions/alarms.ts';
import type { PrismaClient } from './client.ts';
import { retrying } from './errors.ts';
import { ENDED, ENTRY } from './rows.ts';
import { type DeadlineRow, findSettled, pageDeadlines, type SettledRow } from './sql/deadlines.ts';

/** Postgres behind the deadlines port. */
export const createDeadlines = (client: PrismaClient): Deadlines => ({
  page: ({ after, limit }) =>
    retrying(async () => {
      const rows = await client.$queryRaw<DeadlineRow[]>(pageDeadlines(after, limit));
      return rows.map((row) =>
        alarmFor(
          {
            id: sessionId(row.session_id),
            appointmentId: appointmentId(row.appointment_id),
            startedAt: instant(row.started_ms),
            policy: { intervalMs: row.interval_ms },
          },
          instant(row.next_deadline_ms),
        ),
      );
    }),
  settledAt: (id, at) => retrying(() => settledAt(client, id, at)),
  storedFor: (ids) =>
    retrying(async () => {
      const rows = await client.session.findMany({
        where: { id: { in: [...ids] }, isActive: true },
        select: { id: true, nextDeadlineAt: true },
      });
      return new Map(
        rows.flatMap(({ id, nextDeadlineAt }) =>
          nextDeadlineAt === null ? [] : [[sessionId(id), instant(nextDeadlineAt.getTime())]],
        ),
      );
    }),
});

async function settledAt(client: PrismaClient, id: SessionId, at: Instant): Promise<Settlement> {
  const entries = await client.$queryRaw<SettledRow[]>(findSettled(id, at));
  const end = await client.session.findFirst({
    where: { id, endedAt: new Date(at) },
    select: { endReason: true, endRecordedAt: true },
  });
  const blocks = (kind: 'charge' | 'refund'): readonly SettledBlock[] =>
    entries
      .filter((entry) => entry.kind === kind)
      .map(({ interval_no, units, reason }) => ({
        block: interval_no ?? 0,
        units: Math.abs(units),
        reason: ENTRY.reason.parse(reason),
      }));
  const recordedMs = entries[0]?.recorded_ms ?? end?.endRecordedAt?.getTime() ?? null;
  return {
    charged: blocks('charge'),
    refunded: blocks('refund'),
    ended: end === null ? null : ENDED.endReason.parse(end.endReason),
    recordedAt: recordedMs === null ? null : instant(recordedMs),
  };
}
