import { appointmentId, sessionId } from '../billing/ids.ts';
import { instant } from '../billing/time.ts';
import {
  type Alarm,
  alarmFor,
  type Deadlines,
  type SettledBlock,
  type Settlement,
} from '../sessions/alarms.ts';
import { createAsker, READ_LIMITS } from '../sessions/batcher.ts';
import type { PrismaClient } from './client.ts';
import { retrying } from './errors.ts';
import { ENDED, ENTRY } from './rows.ts';
import { type DeadlineRow, findSettled, pageDeadlines, type SettledRow } from './sql/deadlines.ts';

type Deadline = Pick<Alarm, 'sessionId' | 'at'>;

/** Postgres behind the deadlines port. */
export function createDeadlines(client: PrismaClient): Deadlines {
  // Where the sweep was first, hundreds of alarms ask together what the ledger holds.
  const askSettled = createAsker<Deadline, Settlement>(READ_LIMITS, async (asked) => {
    const rows = await retrying(() => client.$queryRaw<SettledRow[]>(findSettled(asked)));
    const found = new Map(rows.map((row) => [asked[row.position - 1], row]));
    return (deadline) => settlementFrom(found.get(deadline));
  });
  return {
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
    settledAt: (session, at) => askSettled({ sessionId: session, at }),
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
  };
}

function settlementFrom(row: SettledRow | undefined): Settlement {
  const { entries = [], end_reason: reason = null, end_recorded_ms: endMs = null } = row ?? {};
  const blocks = (kind: 'charge' | 'refund'): readonly SettledBlock[] =>
    entries
      .filter((entry) => entry.kind === kind)
      .map((entry) => ({
        block: entry.interval_no ?? 0,
        units: Math.abs(entry.units),
        reason: ENTRY.reason.parse(entry.reason),
      }));
  const recordedMs = entries[0]?.recorded_ms ?? endMs;
  return {
    charged: blocks('charge'),
    refunded: blocks('refund'),
    ended: reason === null ? null : ENDED.endReason.parse(reason),
    recordedAt: recordedMs === null ? null : instant(recordedMs),
  };
}
