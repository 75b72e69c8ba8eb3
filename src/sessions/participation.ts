import { type Appointment, type Role, roleOf, type Session } from '../billing/account.ts';
import type { AppointmentId, UserId } from '../billing/ids.ts';
import { type Refusal, refuse } from '../billing/refusal.ts';
import type { SettledAccount, Work } from './unit-of-work.ts';

/** A user's part in an appointment. */
export interface AppointmentPart {
  readonly kind: 'participant';
  readonly appointment: Appointment;
  readonly role: Role;
  readonly settled: SettledAccount;
  /** Null where it was not started yet. */
  readonly session: Session | null;
}

/** A user's part in the session of an appointment. */
export interface SessionPart extends AppointmentPart {
  readonly session: Session;
}

type Lookup = Pick<Work, 'appointment' | 'account' | 'sessionOfAppointment'>;

/** The caller's part in the appointment, or why there is none. The role is looked up, never taken from the request. */
export function partInAppointment(
  work: Lookup,
  appointmentId: AppointmentId,
  caller: UserId,
): AppointmentPart | Refusal<'appointment_not_found' | 'not_a_participant'> {
  const appointment = work.appointment(appointmentId);
  const settled = appointment === null ? null : work.account(appointment.patientId);
  if (appointment === null || settled === null) return refuse('appointment_not_found');
  const role = roleOf(appointment, caller);
  if (role === null) return refuse('not_a_participant');
  const session = work.sessionOfAppointment(appointmentId);
  return { kind: 'participant', appointment, role, settled, session };
}

/** The caller's part in the appointment's session, or why there is none. */
export function partInSession(
  work: Lookup,
  appointmentId: AppointmentId,
  caller: UserId,
): SessionPart | Refusal<'appointment_not_found' | 'not_a_participant' | 'no_active_session'> {
  const part = partInAppointment(work, appointmentId, caller);
  if (part.kind === 'refused') return part;
  const { session } = part;
  return session === null ? refuse('no_active_session') : { ...part, session };
}
