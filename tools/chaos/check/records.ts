import type { Observer } from '../rig/observer.ts';

/** What the database holds, as plain rows: the checks ask nothing else. Instants are milliseconds since 1970. */
export interface Records {
  readonly sessions: readonly SessionRow[];
  readonly entries: readonly EntryRow[];
  readonly grants: readonly GrantRow[];
  readonly messages: readonly MessageRow[];
  readonly appointments: ReadonlyMap<number, number>;
}

export interface SessionRow {
  readonly id: number;
  readonly appointmentId: number;
  readonly isActive: boolean;
  readonly startMs: number;
  readonly lastActivityMs: number | null;
  readonly endedMs: number | null;
  readonly endReason: string | null;
  readonly endUnits: number | null;
  readonly endRecordedMs: number | null;
  readonly unitsUsed: number;
}

export interface EntryRow {
  readonly id: number;
  readonly grantId: number;
  readonly sessionId: number | null;
  readonly kind: string;
  readonly reason: string;
  readonly intervalNo: number | null;
  readonly units: number;
  readonly balanceAfter: number;
  readonly effectiveMs: number;
  readonly recordedMs: number;
  readonly key: string | null;
}

export interface GrantRow {
  readonly id: number;
  readonly remaining: number;
  readonly held: number;
  readonly holds: number;
}

export interface MessageRow {
  readonly sessionId: number;
  readonly messageNo: number;
  readonly clientMessageId: string;
  readonly sentMs: number;
}

const SESSIONS = `
  SELECT id::float8, appointment_id::float8 AS "appointmentId", is_active AS "isActive", end_reason AS "endReason",
    end_units AS "endUnits", sessions_used AS "unitsUsed",
    epoch_ms(start_time)::float8 AS "startMs", epoch_ms(last_activity_time)::float8 AS "lastActivityMs",
    epoch_ms(ended_at)::float8 AS "endedMs", epoch_ms(end_recorded_at)::float8 AS "endRecordedMs"
  FROM text_appointment_sessions ORDER BY id`;
const ENTRIES = `
  SELECT id::float8, grant_id::float8 AS "grantId", session_id::float8 AS "sessionId", kind, reason, units,
    interval_no AS "intervalNo", balance_after AS "balanceAfter", idempotency_key AS key,
    epoch_ms(effective_at)::float8 AS "effectiveMs", epoch_ms(recorded_at)::float8 AS "recordedMs"
  FROM ledger_entries ORDER BY id`;
const GRANTS = `
  SELECT g.id::float8, g.remaining, g.held,
    (SELECT count(*) FROM text_appointment_sessions s WHERE s.hold_grant_id = g.id)::integer AS holds
  FROM grants g ORDER BY id`;
const MESSAGES = `
  SELECT session_id::float8 AS "sessionId", message_no AS "messageNo", client_message_id::text AS "clientMessageId",
    epoch_ms(sent_at)::float8 AS "sentMs"
  FROM messages`;
const APPOINTMENTS = `SELECT id::float8, patient_id::float8 AS "patientId" FROM appointments`;

export async function readRecords({ askPatiently }: Pick<Observer, 'askPatiently'>): Promise<Records> {
  const appointments = await askPatiently<{ id: number; patientId: number }>(APPOINTMENTS);
  return {
    sessions: await askPatiently<Mutable<SessionRow>>(SESSIONS),
    entries: await askPatiently<Mutable<EntryRow>>(ENTRIES),
    grants: await askPatiently<Mutable<GrantRow>>(GRANTS),
    messages: await askPatiently<Mutable<MessageRow>>(MESSAGES),
    appointments: new Map(appointments.map(({ id, patientId }) => [id, patientId])),
  };
}

/** A row type with the index signature that the client asks for. */
type Mutable<Row> = { [Name in keyof Row]: Row[Name] };
