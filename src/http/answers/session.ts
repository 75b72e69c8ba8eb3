import { Type } from 'typebox';
import type { EndReason, Session } from '../../billing/account.ts';
import type { Instant } from '../../billing/time.ts';
import type { Status } from '../../sessions/reads.ts';
import type { SessionView } from '../../sessions/view.ts';
import { id, instant, nullable, oneOf, units } from '../schemas.ts';
import { rfc3339, rfc3339OrNull } from '../rfc3339.ts';

export const endReason = oneOf(
  'manual_end',
  'admin_end',
  'no_activity',
  'balance_exhausted',
  'idle_timeout',
  'doctor_no_response',
  'max_duration',
);

const parties = {
  appointment_id: id,
  patient_id: id,
  doctor_id: id,
  is_active: Type.Boolean(),
  is_ended: Type.Boolean(),
};

const course = {
  last_activity_time: nullable(instant),
  has_patient_activity: Type.Boolean(),
  has_doctor_activity: Type.Boolean(),
  sessions_used: units,
  ended_at: nullable(instant),
  end_reason: nullable(endReason),
};

const balance = {
  remaining_sessions: Type.Integer({
    description: "What the patient's valid grants hold; holds are not yet taken off",
  }),
  available_sessions: Type.Integer({ description: 'The same with holds taken off' }),
};

const clock = {
  next_deduction_at: nullable(instant),
  funded_until: nullable(instant),
  ends_at: nullable(
    Type.String({
      format: 'date-time',
      description: 'When the session ends if nobody writes, ends it or tops up: what a countdown shows',
    }),
  ),
  ends_reason: nullable(endReason),
  event_no: Type.Integer({ minimum: 0, description: 'How many events the log holds; 0 before the start' }),
  message_no: Type.Integer({
    minimum: 0,
    description: 'The number of the last message; 0 where there is none',
  }),
  server_time: instant,
};

const interval = Type.Number({ description: 'The length of a block' });

/** What a session is by itself, without the balance and the clock. */
export const sessionFactFields = {
  session_id: id,
  ...parties,
  start_time: instant,
  ...course,
  interval_seconds: interval,
};

export const sessionFields = { ...sessionFactFields, ...balance, ...clock };
export const sessionSchema = Type.Object(sessionFields);

/** A session, or an appointment whose session has not started yet. */
export const statusSchema = Type.Object({
  session_id: nullable(id),
  ...parties,
  start_time: nullable(instant),
  ...course,
  interval_seconds: nullable(interval),
  ...balance,
  ...clock,
});

export const endedSessionSchema = Type.Object({
  ...sessionFields,
  sessions_deducted: Type.Integer({ description: 'By this end itself, for the block in progress: 0 or 1' }),
  total_sessions_used: Type.Integer({ description: 'By the whole session' }),
});

type SessionFacts = Type.Static<Type.TObject<typeof sessionFactFields>>;

export function sessionFactsJson(session: Session): SessionFacts {
  const { endedAt, endReason: reason } = endOf(session);
  return {
    session_id: session.id,
    appointment_id: session.appointmentId,
    patient_id: session.patientId,
    doctor_id: session.doctorId,
    is_active: session.state === 'active',
    is_ended: session.state === 'ended',
    start_time: rfc3339(session.startedAt),
    last_activity_time: rfc3339OrNull(session.lastActivityAt),
    has_patient_activity: session.hasPatientActivity,
    has_doctor_activity: session.hasDoctorActivity,
    sessions_used: session.unitsUsed,
    ended_at: rfc3339OrNull(endedAt),
    end_reason: reason,
    interval_seconds: session.policy.intervalMs / 1000,
  };
}

const endOf = (session: Session): { endedAt: Instant | null; endReason: EndReason | null } =>
  session.state === 'ended' ? session : { endedAt: null, endReason: null };

export function sessionJson(view: SessionView): Type.Static<typeof sessionSchema> {
  return {
    ...sessionFactsJson(view.session),
    remaining_sessions: view.remainingUnits,
    available_sessions: view.availableUnits,
    next_deduction_at: rfc3339OrNull(view.nextDeductionAt),
    funded_until: rfc3339OrNull(view.fundedUntil),
    ends_at: rfc3339OrNull(view.expectedEnd?.at ?? null),
    ends_reason: view.expectedEnd?.reason ?? null,
    event_no: view.logged.eventNo,
    message_no: view.logged.messageNo,
    server_time: rfc3339(view.accountNow),
  };
}

/** Of a request to end a session. */
export const END_MESSAGES = { ended: 'The session has ended', ended_before: 'The session had ended before' };

/** With what the end itself charged: a repeated end answers the same. */
export function endedSessionJson(view: SessionView): Type.Static<typeof endedSessionSchema> {
  const { session } = view;
  return {
    ...sessionJson(view),
    sessions_deducted: session.state === 'ended' ? session.endUnits : 0,
    total_sessions_used: session.unitsUsed,
  };
}

export function statusJson(status: Status): Type.Static<typeof statusSchema> {
  if (status.kind === 'session') return sessionJson(status.view);
  const { appointment, remainingUnits, availableUnits, accountNow } = status;
  return {
    session_id: null,
    appointment_id: appointment.id,
    patient_id: appointment.patientId,
    doctor_id: appointment.doctorId,
    is_active: false,
    is_ended: false,
    start_time: null,
    last_activity_time: null,
    has_patient_activity: false,
    has_doctor_activity: false,
    sessions_used: 0,
    ended_at: null,
    end_reason: null,
    interval_seconds: null,
    remaining_sessions: remainingUnits,
    available_sessions: availableUnits,
    next_deduction_at: null,
    funded_until: null,
    ends_at: null,
    ends_reason: null,
    event_no: 0,
    message_no: 0,
    server_time: rfc3339(accountNow),
  };
}
