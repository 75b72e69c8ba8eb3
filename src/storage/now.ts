import { instant, type Instant } from '../billing/time.ts';
import type { ProcessStore } from '../watch/presence.ts';
import type { DatabaseState, LastHour, MinuteFigures } from '../watch/state.ts';
import type { PrismaClient } from './client.ts';
import {
  type DatabaseStateRow,
  findLastHour,
  findState,
  type LastAuditJson,
  type MinuteRow,
  type ProcessJson,
} from './sql/now.ts';
import { removeOldProcesses, seeProcess, stopProcess } from './sql/processes.ts';

const MINUTE_MS = 60_000;
const MINUTES = 60;
/** Of fewer deductions there is no p99. */
const ENOUGH = 100;

const instantOrNull = (ms: number | null): Instant | null => (ms === null ? null : instant(ms));

/** Sessions, processes and the last audit, at this instant of the database's clock. Tried once: the caller asks again. */
export async function readState(client: Pick<PrismaClient, '$queryRaw'>): Promise<DatabaseState> {
  const [row] = await client.$queryRaw<DatabaseStateRow[]>(findState());
  if (row === undefined) throw new Error('the statement for the state answered with no row');
  return stateFrom(row);
}

export const stateFrom = (row: DatabaseStateRow): DatabaseState => ({
  now: instant(row.now_ms),
  sessions: {
    active: row.active,
    due: row.due,
    overdue: row.overdue,
    overdueSince: instantOrNull(row.overdue_since_ms),
  },
  processes: row.processes.map(processFrom),
  workerSeenAt: instantOrNull(row.worker_seen_ms),
  lastAudit: row.last_audit === null ? null : lastAuditFrom(row.last_audit),
  oldestStart: instantOrNull(row.oldest_start_ms),
});

const processFrom = ({ started_ms, seen_ms, ...known }: ProcessJson) => ({
  ...known,
  startedAt: instant(started_ms),
  seenAt: instant(seen_ms),
});

const lastAuditFrom = (row: LastAuditJson) => ({
  night: row.night,
  finishedAt: instant(row.finished_ms),
  sessions: row.sessions,
  differences: row.differences,
  isAcknowledged: row.is_acknowledged,
});

/** The deductions of the last hour. Tried once. */
export async function readLastHour(client: Pick<PrismaClient, '$queryRaw'>): Promise<LastHour> {
  const rows = await client.$queryRaw<MinuteRow[]>(findLastHour());
  const whole = rows.find(({ minute_ms }) => minute_ms === null);
  if (whole === undefined) throw new Error('the statement for the last hour answered with no sum');
  const byMinute = new Map(rows.map((row) => [row.minute_ms, row]));
  const minutes = Array.from({ length: MINUTES }, (_, i): MinuteFigures => {
    const at = whole.this_minute_ms - (MINUTES - 1 - i) * MINUTE_MS;
    const row = byMinute.get(at);
    return { at: instant(at), deductions: row?.deductions ?? 0, latenessP99Ms: p99Of(row) };
  });
  return {
    deductions: whole.deductions,
    latenessP50Ms: whole.p50_ms,
    latenessP99Ms: p99Of(whole),
    minutes,
  };
}

const p99Of = (row: MinuteRow | undefined): number | null =>
  row === undefined || row.deductions < ENOUGH ? null : row.p99_ms;

/** The processes that run or ran, in Postgres: one statement each, tried once. */
export const createProcessStore = (client: PrismaClient): ProcessStore => ({
  see: async (self, uptimeMs) => {
    await client.$executeRaw(seeProcess(self, uptimeMs));
  },
  stop: async (id) => {
    await client.$executeRaw(stopProcess(id));
  },
  removeOld: async () => {
    await client.$executeRaw(removeOldProcesses());
  },
});
