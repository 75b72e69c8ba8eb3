import { type Appointment, type Role, roleOf, type Session } from '../billing/account.ts';
import type { AppointmentId, UserId } from '../billing/ids.ts';
import { type Refusal, refuse } from '../billing/refusal.ts';
import type { SettledAccount } from './journal.ts';
import type { Workspace } from './unit-of-work.ts';

/** Somebody's part in an appointment, whether it has a session or not. */
export interface Attendance {
  readonly kind: 'participant';
  readonly appointment: Appointment;
  readonly role: Role;
  readonly settled: SettledAccount;
  /** Null where nobody has started it yet. */
  readonly session: Session | null;
}

/** Somebody's part in the session of an appointment. */
export interface Participation extends Attendance {
  readonly session: Session;
}

type Asked = Pick<Workspace, 'appointment' | 'account' | 'sessionOfAppointment'>;

/** The caller's part in the appointment, or why there is none. The role is looked up, never believed. */
export function attendanceOf(
  workspace: Asked,
  appointmentId: AppointmentId,
  caller: UserId,
): Attendance | Refusal<'appointment_not_found' | 'not_a_participant'> {
  const appointment = workspace.appointment(appointmentId);
  const settled = appointment === null ? null : workspace.account(appointment.patientId);
  if (appointment === null || settled === null) return refuse('appointment_not_found');
  const role = roleOf(appointment, caller);
  if (role === null) return refuse('not_a_participant');
  const session = workspace.sessionOfAppointment(appointmentId);
  return { kind: 'participant', appointment, role, settled, session };
}

/** The caller's part in the appointment's session, or why there is none. */
export function participationOf(
  workspace: Asked,
  appointmentId: AppointmentId,
  caller: UserId,
): Participation | Refusal<'appointment_not_found' | 'not_a_participant' | 'no_active_session'> {
  const part = attendanceOf(workspace, appointmentId, caller);
  if (part.kind === 'refused') return part;
  const { session } = part;
  return session === null ? refuse('no_active_session') : { ...part, session };
}
