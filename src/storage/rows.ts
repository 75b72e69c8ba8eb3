import type { Appointment, Session } from '../billing/account.ts';
import type { StoredMessage, SessionEvent, EntryRow, GrantRow, SessionRow } from '../sessions/store.ts';
import type { Columns } from './columns.ts';

/** What write.ts is told of each row that a batch came to: one list of columns a table. */

export const APPOINTMENT: Columns<Appointment> = {
  id: ['bigint', ({ id }) => id],
  patient_id: ['bigint', ({ patientId }) => patientId],
  doctor_id: ['bigint', ({ doctorId }) => doctorId],
  type: ['text', ({ type }) => type],
  status: ['text', ({ status }) => status],
  scheduled_at: ['bigint', ({ scheduledAt }) => scheduledAt],
  time_zone: ['text', ({ timeZone }) => timeZone],
};

export const CHANGED_GRANT: Columns<GrantRow> = {
  id: ['bigint', ({ grant }) => grant.id],
  units_subscribed: ['integer', ({ grant }) => grant.unitsSubscribed],
  units_total: ['integer', ({ grant }) => grant.unitsTotal],
  remaining: ['integer', ({ grant }) => grant.remaining],
  held: ['integer', ({ grant }) => grant.held],
  starts_at: ['bigint', ({ grant }) => grant.startsAt],
  expires_at: ['bigint', ({ grant }) => grant.expiresAt],
};

export const NEW_GRANT: Columns<GrantRow> = {
  ...CHANGED_GRANT,
  patient_id: ['bigint', ({ grant }) => grant.patientId],
};

const active = (session: Session) => (session.state === 'active' ? session : null);
const ended = (session: Session) => (session.state === 'ended' ? session : null);

export const CHANGED_SESSION: Columns<SessionRow> = {
  id: ['bigint', ({ session }) => session.id],
  is_active: ['boolean', ({ session }) => session.state === 'active'],
  has_patient_activity: ['boolean', ({ session }) => session.hasPatientActivity],
  has_doctor_activity: ['boolean', ({ session }) => session.hasDoctorActivity],
  sessions_used: ['integer', ({ session }) => session.unitsUsed],
  block_no: ['integer', ({ session }) => active(session)?.blocksCompleted ?? null],
  event_count: ['integer', ({ eventCount }) => eventCount],
  message_count: ['integer', ({ messageCount }) => messageCount],
  last_activity_time: ['bigint', ({ session }) => session.lastActivityAt],
  first_patient_activity_at: ['bigint', ({ session }) => session.firstPatientActivityAt],
  next_deadline_at: ['bigint', ({ nextDeadlineAt }) => nextDeadlineAt],
  hold_grant_id: ['bigint', ({ session }) => active(session)?.heldOn ?? null],
  ended_at: ['bigint', ({ session }) => ended(session)?.endedAt ?? null],
  end_recorded_at: [
    'bigint',
    ({ session, endRecordedAt }) => (session.state === 'ended' ? endRecordedAt : null),
  ],
  end_units: ['integer', ({ session }) => ended(session)?.endUnits ?? null],
  end_reason: ['text', ({ session }) => ended(session)?.endReason ?? null],
};

export const NEW_SESSION: Columns<SessionRow> = {
  ...CHANGED_SESSION,
  appointment_id: ['bigint', ({ session }) => session.appointmentId],
  patient_id: ['bigint', ({ session }) => session.patientId],
  doctor_id: ['bigint', ({ session }) => session.doctorId],
  start_time: ['bigint', ({ session }) => session.startedAt],
  policy: ['jsonb', ({ session }) => JSON.stringify(session.policy)],
};

export const ENTRY: Columns<EntryRow> = {
  patient_id: ['bigint', ({ entry }) => entry.patientId],
  grant_id: ['bigint', ({ entry }) => entry.grantId],
  session_id: ['bigint', ({ entry }) => entry.sessionId],
  interval_no: ['integer', ({ entry }) => entry.intervalNo],
  units: ['integer', ({ entry }) => entry.units],
  balance_after: ['integer', ({ entry }) => entry.balanceAfter],
  effective_at: ['bigint', ({ entry }) => entry.effectiveAt],
  recorded_at: ['bigint', ({ recordedAt }) => recordedAt],
  kind: ['text', ({ entry }) => entry.kind],
  reason: ['text', ({ entry }) => entry.reason],
  actor_role: ['text', ({ actor }) => actor.role],
  actor_id: ['bigint', ({ actor }) => (actor.role === 'system' ? null : actor.id)],
  note: ['text', ({ note }) => note],
  idempotency_key: ['text', ({ idempotencyKey }) => idempotencyKey],
  details: ['jsonb', ({ entry }) => termsJson(entry)],
};

const termsJson = ({ terms }: EntryRow['entry']): string | null =>
  terms === null ? null : JSON.stringify({ starts_at_ms: terms.startsAt, expires_at_ms: terms.expiresAt });

export const EVENT: Columns<SessionEvent> = {
  session_id: ['bigint', ({ sessionId }) => sessionId],
  event_no: ['integer', ({ eventNo }) => eventNo],
  type: ['text', ({ type }) => type],
  effective_at: ['bigint', ({ effectiveAt }) => effectiveAt],
  recorded_at: ['bigint', ({ recordedAt }) => recordedAt],
  actor_role: ['text', ({ actor }) => actor.role],
  actor_id: ['bigint', ({ actor }) => (actor.role === 'system' ? null : actor.id)],
  data: ['jsonb', ({ data }) => JSON.stringify(data)],
};

export const MESSAGE: Columns<StoredMessage> = {
  session_id: ['bigint', ({ sessionId }) => sessionId],
  message_no: ['integer', ({ messageNo }) => messageNo],
  client_message_id: ['uuid', ({ clientMessageId }) => clientMessageId],
  sender_id: ['bigint', ({ senderId }) => senderId],
  sender_role: ['text', ({ senderRole }) => senderRole],
  sent_at: ['bigint', ({ sentAt }) => sentAt],
  text: ['text', ({ text }) => text],
};
