import type { Actor, Appointment, Grant } from '../billing/account.ts';
import type { SessionEvent } from '../sessions/session-event.ts';
import type { StoredMessage } from '../sessions/command.ts';
import type { EntryRow, SessionRow, Writes } from '../sessions/store.ts';

/** What write-changes.ts takes: a list of rows a table, named as the columns are, instants as epoch milliseconds. */
export interface WriteDocument {
  readonly appointments: readonly Row[];
  readonly new_grants: readonly Row[];
  readonly changed_grants: readonly Row[];
  readonly new_sessions: readonly Row[];
  readonly changed_sessions: readonly Row[];
  readonly entries: readonly Row[];
  readonly events: readonly Row[];
  readonly messages: readonly Row[];
}

type Row = Readonly<Record<string, unknown>>;

export const writeDocument = (writes: Writes): WriteDocument => ({
  appointments: writes.appointments.map(appointmentRow),
  new_grants: writes.grants.filter(({ isNew }) => isNew).map(({ grant }) => grantRow(grant)),
  changed_grants: writes.grants.filter(({ isNew }) => !isNew).map(({ grant }) => grantRow(grant)),
  new_sessions: writes.sessions.filter(({ isNew }) => isNew).map(sessionRow),
  changed_sessions: writes.sessions.filter(({ isNew }) => !isNew).map(sessionRow),
  entries: writes.entries.map(entryRow),
  events: writes.events.map(eventRow),
  messages: writes.messages.map(messageRow),
});

const appointmentRow = (appointment: Appointment): Row => ({
  id: appointment.id,
  patient_id: appointment.patientId,
  doctor_id: appointment.doctorId,
  type: appointment.type,
  status: appointment.status,
  scheduled_at: appointment.scheduledAt,
  time_zone: appointment.timeZone,
});

const grantRow = (grant: Grant): Row => ({
  id: grant.id,
  patient_id: grant.patientId,
  units_subscribed: grant.unitsSubscribed,
  units_total: grant.unitsTotal,
  remaining: grant.remaining,
  held: grant.held,
  starts_at: grant.startsAt,
  expires_at: grant.expiresAt,
});

function sessionRow({ session, eventCount, messageCount, nextDeadlineAt, endRecordedAt }: SessionRow): Row {
  const facts = {
    id: session.id,
    appointment_id: session.appointmentId,
    patient_id: session.patientId,
    doctor_id: session.doctorId,
    is_active: session.state === 'active',
    has_patient_activity: session.hasPatientActivity,
    has_doctor_activity: session.hasDoctorActivity,
    sessions_used: session.unitsUsed,
    event_count: eventCount,
    message_count: messageCount,
    last_activity_time: session.lastActivityAt,
    start_time: session.startedAt,
    first_patient_activity_at: session.firstPatientActivityAt,
    next_deadline_at: nextDeadlineAt,
    policy: session.policy,
  };
  return session.state === 'active'
    ? { ...facts, block_no: session.blocksCompleted, hold_grant_id: session.heldOn }
    : {
        ...facts,
        ended_at: session.endedAt,
        end_recorded_at: endRecordedAt,
        end_units: session.endUnits,
        end_reason: session.endReason,
      };
}

const actorColumns = (actor: Actor): Row => ({
  actor_role: actor.role,
  actor_id: actor.role === 'system' ? null : actor.id,
});

const entryRow = ({ entry, actor, recordedAt, note, idempotencyKey }: EntryRow): Row => ({
  patient_id: entry.patientId,
  grant_id: entry.grantId,
  session_id: entry.sessionId,
  interval_no: entry.intervalNo,
  units: entry.units,
  balance_after: entry.balanceAfter,
  effective_at: entry.effectiveAt,
  recorded_at: recordedAt,
  kind: entry.kind,
  reason: entry.reason,
  ...actorColumns(actor),
  note,
  idempotency_key: idempotencyKey,
  details:
    entry.terms === null
      ? null
      : { starts_at_ms: entry.terms.startsAt, expires_at_ms: entry.terms.expiresAt },
});

const eventRow = ({ sessionId, eventNo, type, effectiveAt, recordedAt, actor, data }: SessionEvent): Row => ({
  session_id: sessionId,
  event_no: eventNo,
  type,
  effective_at: effectiveAt,
  recorded_at: recordedAt,
  ...actorColumns(actor),
  data,
});

const messageRow = (message: StoredMessage): Row => ({
  session_id: message.sessionId,
  message_no: message.messageNo,
  client_message_id: message.clientMessageId,
  sender_id: message.senderId,
  sender_role: message.senderRole,
  sent_at: message.sentAt,
  text: message.text,
});
