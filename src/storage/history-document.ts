import type {
  AccountHistory,
  StoredEntry,
  StoredEvent,
  StoredGrant,
  StoredSession,
} from '../audit/history.ts';
import type { HistoriesDocument } from './sql/load-histories.ts';

/** Sorts what load-histories.ts found by account. Every account asked for is there, be it with nothing in it. */
export function historiesFrom(
  document: HistoriesDocument,
  patients: readonly number[],
): readonly AccountHistory[] {
  const accounts = new Map(
    patients.map((patientId) => [
      patientId,
      {
        patientId,
        lowBalanceSince: integerOrNull(document.low_balance_since),
        grants: [] as StoredGrant[],
        sessions: [] as StoredSession[],
        entries: [] as StoredEntry[],
        events: [] as StoredEvent[],
      },
    ]),
  );
  for (const row of document.grants) accounts.get(integer(row[0]))?.grants.push(grantFrom(row));
  for (const row of document.sessions) accounts.get(integer(row[0]))?.sessions.push(sessionFrom(row));
  for (const row of document.entries) accounts.get(integer(row[0]))?.entries.push(entryFrom(row));
  for (const row of document.events) accounts.get(integer(row[0]))?.events.push(eventFrom(row));
  return [...accounts.values()];
}

type Row = readonly unknown[];

const grantFrom = (row: Row): StoredGrant => ({
  grantId: integer(row[1]),
  unitsSubscribed: integer(row[2]),
  unitsTotal: integer(row[3]),
  remaining: integer(row[4]),
  held: integer(row[5]),
  startsAt: integer(row[6]),
  expiresAt: integerOrNull(row[7]),
});

const sessionFrom = (row: Row): StoredSession => ({
  sessionId: integer(row[1]),
  appointmentId: integer(row[2]),
  doctorId: integer(row[3]),
  isActive: row[4] === true,
  hasPatientActivity: row[5] === true,
  hasDoctorActivity: row[6] === true,
  sessionsUsed: integer(row[7]),
  blockNo: integer(row[8]),
  eventCount: integer(row[9]),
  messageCount: integer(row[10]),
  lastActivityAt: integerOrNull(row[11]),
  startedAt: integer(row[12]),
  firstPatientActivityAt: integerOrNull(row[13]),
  heldOn: integerOrNull(row[14]),
  endedAt: integerOrNull(row[15]),
  endRecordedAt: integerOrNull(row[16]),
  endUnits: integerOrNull(row[17]),
  endReason: textOrNull(row[18]),
  policy: row[19],
});

const entryFrom = (row: Row): StoredEntry => ({
  entryId: integer(row[1]),
  grantId: integer(row[2]),
  sessionId: integerOrNull(row[3]),
  intervalNo: integerOrNull(row[4]),
  kind: text(row[5]),
  reason: text(row[6]),
  units: integer(row[7]),
  balanceAfter: integer(row[8]),
  effectiveAt: integer(row[9]),
  recordedAt: integer(row[10]),
  details: row[11],
});

const eventFrom = (row: Row): StoredEvent => ({
  sessionId: integer(row[1]),
  eventNo: integer(row[2]),
  type: text(row[3]),
  effectiveAt: integer(row[4]),
  recordedAt: integer(row[5]),
  actorRole: text(row[6]),
  data: row[7],
});

function integer(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new Error(`a column of whole numbers holds ${JSON.stringify(value)}`);
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Error(`a column of words holds ${JSON.stringify(value)}`);
}

const integerOrNull = (value: unknown): number | null => (value === null ? null : integer(value));
const textOrNull = (value: unknown): string | null => (value === null ? null : text(value));
