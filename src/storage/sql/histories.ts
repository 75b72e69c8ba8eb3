import type { AccountHistory } from '../../audit/history.ts';
import { Prisma } from '../client.ts';
import { bigintArray, type Columns, orNull, reader, unbelieved } from '../columns.ts';
import { ENTRY, EVENT, GRANT, SESSION } from '../rows.ts';

/**
 * What the auditor reads of each row, by the auditor's names. Words are taken as they come. Not the version of a grant: it
 * follows from nothing that is stored, and no unit follows from it.
 */
const STORED_GRANT = {
  grantId: GRANT.id,
  unitsSubscribed: GRANT.unitsSubscribed,
  unitsTotal: GRANT.unitsTotal,
  remaining: GRANT.remaining,
  held: GRANT.held,
  startsAt: GRANT.startsAt,
  expiresAt: GRANT.expiresAt,
} satisfies Columns;
const STORED_SESSION = {
  sessionId: SESSION.id,
  appointmentId: SESSION.appointmentId,
  doctorId: SESSION.doctorId,
  isActive: SESSION.isActive,
  hasPatientActivity: SESSION.hasPatientActivity,
  hasDoctorActivity: SESSION.hasDoctorActivity,
  sessionsUsed: SESSION.unitsUsed,
  blockNo: SESSION.blocksCompleted,
  eventCount: SESSION.eventCount,
  messageCount: SESSION.messageCount,
  lastActivityAt: SESSION.lastActivityAt,
  startedAt: SESSION.startedAt,
  firstPatientActivityAt: SESSION.firstPatientActivityAt,
  heldOn: orNull(SESSION.heldOn),
  endedAt: orNull(SESSION.endedAt),
  endRecordedAt: SESSION.endRecordedAt,
  endUnits: orNull(SESSION.endUnits),
  endReason: orNull(unbelieved(SESSION.endReason)),
  policy: SESSION.policy,
} satisfies Columns;
const STORED_ENTRY = {
  entryId: ENTRY.id,
  grantId: ENTRY.grantId,
  sessionId: ENTRY.sessionId,
  intervalNo: ENTRY.intervalNo,
  kind: unbelieved(ENTRY.kind),
  reason: unbelieved(ENTRY.reason),
  units: ENTRY.units,
  balanceAfter: ENTRY.balanceAfter,
  effectiveAt: ENTRY.effectiveAt,
  recordedAt: ENTRY.recordedAt,
  details: ENTRY.details,
  takesBack: ENTRY.takesBack,
} satisfies Columns;
const STORED_EVENT = {
  sessionId: EVENT.sessionId,
  eventNo: EVENT.eventNo,
  type: unbelieved(EVENT.type),
  effectiveAt: EVENT.effectiveAt,
  recordedAt: EVENT.recordedAt,
  actorRole: unbelieved(EVENT.actorRole),
  data: EVENT.data,
} satisfies Columns;

const grant = reader({ ...STORED_GRANT, patientId: GRANT.patientId }, 'g');
const session = reader({ ...STORED_SESSION, patientId: SESSION.patientId }, 'session');
const entry = reader({ ...STORED_ENTRY, patientId: ENTRY.patientId }, 'e');
const event = reader(STORED_EVENT, 'e');

type Rows = readonly (readonly unknown[])[];

export interface HistoriesRow {
  readonly document: {
    readonly grants: Rows;
    readonly sessions: Rows;
    readonly entries: Rows;
    readonly events: Rows;
    readonly low_balance_since: number | null;
  };
}

/** Everything that was ever written about the money of some accounts. Never the text of a message. */
export const loadHistories = (patients: readonly number[]) => Prisma.sql`
  WITH session AS MATERIALIZED (
    SELECT * FROM text_appointment_sessions WHERE patient_id = ANY (${bigintArray(patients)})
  )
  SELECT json_build_object(
    'grants', (SELECT coalesce(json_agg(${grant.sql}), '[]')
      FROM grants g WHERE patient_id = ANY (${bigintArray(patients)})),
    'sessions', (SELECT coalesce(json_agg(${session.sql} ORDER BY id), '[]') FROM session),
    'entries', (SELECT coalesce(json_agg(${entry.sql} ORDER BY id), '[]')
      FROM ledger_entries e WHERE patient_id = ANY (${bigintArray(patients)})),
    'events', (SELECT coalesce(json_agg(${event.sql} ORDER BY e.session_id, e.event_no), '[]')
      FROM session s JOIN session_events e ON e.session_id = s.id),
    'low_balance_since', (SELECT epoch_ms(since) FROM event_activations WHERE type = 'low_balance')
  ) AS document`;

const grantFrom = grant.parserOf(STORED_GRANT);
const sessionFrom = session.parserOf(STORED_SESSION);
const entryFrom = entry.parserOf(STORED_ENTRY);
const patientOfGrant = grant.parserOf({ patientId: GRANT.patientId });
const patientOfSession = session.parserOf({ patientId: SESSION.patientId });
const patientOfEntry = entry.parserOf({ patientId: ENTRY.patientId });

/** What was found, by account. Every account asked for is there, also one with nothing in it. */
export function historiesFrom(
  { document }: HistoriesRow,
  patients: readonly number[],
): readonly AccountHistory[] {
  const grants = Map.groupBy<number, Rows[number]>(document.grants, (row) => patientOfGrant(row).patientId);
  const sessions = Map.groupBy<number, Rows[number]>(
    document.sessions,
    (row) => patientOfSession(row).patientId,
  );
  const entries = Map.groupBy<number, Rows[number]>(document.entries, (row) => patientOfEntry(row).patientId);
  const events = Map.groupBy(document.events.map(event.parse), ({ sessionId }) => sessionId);
  return patients.map((patientId) => {
    const own = (sessions.get(patientId) ?? []).map(sessionFrom);
    return {
      patientId,
      lowBalanceSince: document.low_balance_since,
      grants: (grants.get(patientId) ?? []).map(grantFrom),
      sessions: own,
      entries: (entries.get(patientId) ?? []).map(entryFrom),
      events: own.flatMap(({ sessionId }) => events.get(sessionId) ?? []),
    };
  });
}
