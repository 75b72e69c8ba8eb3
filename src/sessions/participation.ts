import { type Appointment, type Role, roleOf, type Session } from '../billing/account.ts';
import type { AppointmentId, UserId } from '../billing/ids.ts';
import { type Refusal, refuse } from '../billing/refusal.ts';
import type { SettledAccount } from './journal.ts';
import type { Workspace } from './workspace.ts';

/** Somebody's part in the session of an appointment. */
export interface Participation {
  readonly kind: 'participant';
  readonly appointment: Appointment;
  readonly role: Role;
  readonly settled: SettledAccount;
  readonly session: Session;
}

/** The caller's part in the appointment's session, or why there is none. The role is looked up, never believed. */
export function participationOf(
  workspace: Pick<Workspace, 'appointment' | 'account' | 'sessionOfAppointment'>,
  appointmentId: AppointmentId,
  caller: UserId,
): Participation | Refusal<'appointment_not_found' | 'not_a_participant' | 'no_active_session'> {
  const appointment = workspace.appointment(appointmentId);
  if (appointment === null) return refuse('appointment_not_found');
  const role = roleOf(appointment, caller);
  if (role === null) return refuse('not_a_participant');
  const session = workspace.sessionOfAppointment(appointmentId);
  const settled = workspace.account(appointment.patientId);
  if (session === null || settled === null) return refuse('no_active_session');
  return { kind: 'participant', appointment, role, settled, session };
}
