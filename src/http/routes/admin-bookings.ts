import { Type } from 'typebox';
import type { Appointment } from '../../billing/account.ts';
import { appointmentId, userId } from '../../billing/ids.ts';
import type { Api } from '../api.ts';
import type { Engine } from '../app-options.ts';
import { appointment as example } from '../documentation/examples.ts';
import { ADMINISTRATION, signedIn } from '../documentation/openapi.ts';
import { responses } from '../documentation/responses.ts';
import { success, successSchema } from '../envelope.ts';
import { fail, refused } from '../errors.ts';
import { id, instant, instantText, nullable, oneOf } from '../schemas.ts';
import { instantOf, rfc3339 } from '../rfc3339.ts';
import { idParams } from '../admin/id-params.ts';

const type = oneOf('text', 'audio', 'video');
const status = oneOf('pending', 'confirmed', 'cancelled', 'completed');

const appointmentSchema = Type.Object({
  appointment_id: id,
  patient_id: id,
  doctor_id: id,
  type,
  status,
  scheduled_at: instant,
  time_zone: nullable(Type.String()),
});

const answer = (appointment: Appointment) =>
  success('The appointment is stored', {
    appointment_id: appointment.id,
    patient_id: appointment.patientId,
    doctor_id: appointment.doctorId,
    type: appointment.type,
    status: appointment.status,
    scheduled_at: rfc3339(appointment.scheduledAt),
    time_zone: appointment.timeZone,
  });

const schema = {
  operationId: 'putAppointment',
  tags: [ADMINISTRATION],
  summary: 'Create or change an appointment',
  description:
    'Once it has a session, its patient, doctor and type are fixed, and its status no longer touches the session.',
  security: signedIn,
  params: idParams,
  body: Type.Object(
    {
      patient_id: id,
      doctor_id: id,
      type,
      status,
      scheduled_at: instantText,
      time_zone: Type.Optional(
        nullable(Type.String({ format: 'time-zone', description: 'the IANA name of a time zone, or null' })),
      ),
    },
    { additionalProperties: false, examples: [exampleBody()] },
  ),
  response: responses(
    { 200: successSchema(appointmentSchema, answer(example)) },
    'forbidden',
    'appointment_in_use',
  ),
};

function exampleBody() {
  const { appointment_id: _, ...body } = answer(example).data;
  return body;
}

export function putAppointment(api: Api, execute: Engine['execute']): void {
  api.put('/appointments/:id', { schema }, async (request, reply) => {
    const { patient_id, doctor_id, scheduled_at, time_zone, ...rest } = request.body;
    if (patient_id === doctor_id) {
      const errors = [{ field: 'doctor_id', message: 'must be somebody else than the patient' }];
      return fail(reply, 'validation_failed', { errors });
    }
    const outcome = await execute('putAppointment', {
      appointment: {
        id: appointmentId(Number(request.params.id)),
        patientId: userId(patient_id),
        doctorId: userId(doctor_id),
        scheduledAt: instantOf(scheduled_at),
        timeZone: time_zone ?? null,
        ...rest,
      },
    });
    return outcome.kind === 'refused' ? refused(reply, outcome) : answer(outcome.appointment);
  });
}
