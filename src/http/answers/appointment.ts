import { Type } from 'typebox';
import type { Appointment } from '../../billing/account.ts';
import { rfc3339 } from '../rfc3339.ts';
import { id, instant, nullable, oneOf } from '../schemas.ts';
import { termsJson, termsSchema } from './policy.ts';

export const appointmentType = oneOf('text', 'audio', 'video');
export const appointmentStatus = oneOf('pending', 'confirmed', 'cancelled', 'completed');

/** What everybody who sees an appointment sees of it. */
export const appointmentFields = {
  appointment_id: id,
  patient_id: id,
  doctor_id: id,
  type: appointmentType,
  status: appointmentStatus,
  scheduled_at: instant,
};

export const appointmentFieldsJson = (
  appointment: Appointment,
): Type.Static<Type.TObject<typeof appointmentFields>> => ({
  appointment_id: appointment.id,
  patient_id: appointment.patientId,
  doctor_id: appointment.doctorId,
  type: appointment.type,
  status: appointment.status,
  scheduled_at: rfc3339(appointment.scheduledAt),
});

/** For the clinic's system: all that it has put. */
export const storedAppointmentFields = {
  ...appointmentFields,
  time_zone: nullable(Type.String()),
  terms: termsSchema,
};

export const storedAppointmentJson = (
  appointment: Appointment,
): Type.Static<Type.TObject<typeof storedAppointmentFields>> => ({
  ...appointmentFieldsJson(appointment),
  time_zone: appointment.timeZone,
  terms: termsJson(appointment.terms),
});
