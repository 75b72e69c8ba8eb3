import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Appointment } from '../../billing/account.ts';
import { MAX_GRANT_UNITS } from '../../billing/corrections.ts';
import { appointmentId, grantId, userId } from '../../billing/ids.ts';
import {
  appointmentStatus,
  appointmentType,
  storedAppointmentFields,
  storedAppointmentJson,
} from '../answers/appointment.ts';
import { balanceAnswer, balanceAnswerSchema } from '../answers/balance.ts';
import { grantJson, grantSchema } from '../answers/ledger.ts';
import { termError, termsBody, termsChangeOf, termsOutOfBounds } from '../answers/policy.ts';
import type { ApiEngine } from '../app-options.ts';
import {
  appointment as exampleAppointment,
  balance as exampleBalance,
  grant as exampleGrant,
} from '../documentation/examples.ts';
import { ADMINISTRATION, responses, SIGNED_IN } from '../documentation/openapi.ts';
import { success, successSchema } from '../envelope.ts';
import { fail, refused } from '../errors.ts';
import { byAdmin, recordView } from '../record-action.ts';
import { instantOf, instantOrNull } from '../rfc3339.ts';
import { id, idParams, instantText, nullable } from '../schemas.ts';

const appointmentSchema = Type.Object(storedAppointmentFields);

const appointmentAnswer = (appointment: Appointment) =>
  success('The appointment is stored', storedAppointmentJson(appointment));

const putAppointmentSchema = {
  operationId: 'putAppointment',
  tags: [ADMINISTRATION],
  summary: 'Create or change an appointment',
  description:
    'Once it has a session, its patient, doctor, type and terms are fixed, and its status no longer touches the session. ' +
    '`terms` are what its session is billed by instead of the settings: null is as the settings say, and what is left ' +
    'out stays as it is.',
  security: SIGNED_IN,
  params: idParams,
  body: Type.Object(
    {
      patient_id: id,
      doctor_id: id,
      type: appointmentType,
      status: appointmentStatus,
      scheduled_at: instantText,
      time_zone: Type.Optional(
        nullable(Type.String({ format: 'time-zone', description: 'the IANA name of a time zone, or null' })),
      ),
      terms: Type.Optional(nullable(termsBody)),
    },
    { additionalProperties: false, examples: [exampleAppointmentBody()] },
  ),
  response: responses(
    { 200: successSchema(appointmentSchema, appointmentAnswer(exampleAppointment)) },
    'forbidden',
    'appointment_in_use',
    'terms_flawed',
  ),
};

function exampleAppointmentBody() {
  const { appointment_id: _, ...body } = appointmentAnswer(exampleAppointment).data;
  return body;
}

const STORED = 'The subscription is stored';

const putSubscriptionSchema = {
  operationId: 'putSubscription',
  tags: [ADMINISTRATION],
  summary: 'Create or change a subscription',
  description:
    'The same body again changes nothing. Another total is an adjustment by the difference, never below what is used ' +
    'and held. Without `starts_at` a new one is valid from now on; without `expires_at` for ever. With a `version`, one ' +
    'that is older than what is stored is refused, and `data` names the stored one; without it the last one wins.',
  security: SIGNED_IN,
  params: idParams,
  body: Type.Object(
    {
      patient_id: id,
      sessions_total: Type.Integer({
        minimum: 0,
        maximum: MAX_GRANT_UNITS,
        description: `an integer from 0 to ${MAX_GRANT_UNITS}`,
      }),
      starts_at: Type.Optional(nullable(instantText)),
      expires_at: Type.Optional(nullable(instantText)),
      version: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: Number.MAX_SAFE_INTEGER,
          description: `an integer from 0 to ${Number.MAX_SAFE_INTEGER}`,
        }),
      ),
    },
    { additionalProperties: false, examples: [exampleSubscriptionBody()] },
  ),
  response: responses(
    { 200: successSchema(grantSchema, success(STORED, grantJson(exampleGrant))) },
    'forbidden',
    'subscription_in_use',
    'subscription_total_too_low',
    'subscription_units_out_of_bounds',
    'subscription_validity_empty',
    'subscription_version_stale',
  ),
};

function exampleSubscriptionBody() {
  const { patient_id, sessions_total, starts_at, expires_at } = grantJson(exampleGrant);
  return { patient_id, sessions_total, starts_at, expires_at, version: 1 };
}

const readBalanceSchema = {
  operationId: 'balance',
  tags: [ADMINISTRATION],
  summary: "A patient's grants and what is left of them now",
  security: SIGNED_IN,
  params: idParams,
  response: responses({ 200: balanceAnswerSchema(exampleBalance) }, 'forbidden', 'patient_not_found'),
};

/** What the clinic's own system puts here, and what a patient has left. */
export const bookingRoutes: FastifyPluginAsyncTypebox<{
  readonly engine: Pick<ApiEngine, 'execute' | 'reads' | 'actions'>;
}> = async (app, { engine: { execute, reads, actions } }) => {
  app.put('/appointments/:id', { schema: putAppointmentSchema }, async (request, reply) => {
    const { patient_id, doctor_id, scheduled_at, time_zone, terms, ...rest } = request.body;
    if (patient_id === doctor_id) {
      const errors = [{ field: 'doctor_id', message: 'must be another user than the patient' }];
      return fail(reply, 'validation_failed', { errors });
    }
    const errors = termsOutOfBounds(terms ?? {});
    if (errors.length > 0) return fail(reply, 'terms_flawed', { errors });
    const outcome = await execute('putAppointment', {
      appointment: {
        id: appointmentId(Number(request.params.id)),
        patientId: userId(patient_id),
        doctorId: userId(doctor_id),
        scheduledAt: instantOf(scheduled_at),
        timeZone: time_zone ?? null,
        ...rest,
      },
      terms: termsChangeOf(terms),
      ...byAdmin(request),
    });
    switch (outcome.kind) {
      case 'refused':
        return refused(reply, outcome);
      case 'terms_flawed':
        return fail(reply, 'terms_flawed', { errors: [termError(outcome.flaw)] });
      case 'stored':
        return appointmentAnswer(outcome.appointment);
    }
  });

  app.put('/subscriptions/:id', { schema: putSubscriptionSchema }, async (request, reply) => {
    const { body } = request;
    const startsAt = instantOrNull(body.starts_at);
    const expiresAt = instantOrNull(body.expires_at);
    if (startsAt !== null && expiresAt !== null && expiresAt <= startsAt) {
      const errors = [{ field: 'expires_at', message: 'must be later than starts_at' }];
      return fail(reply, 'validation_failed', { errors });
    }
    const grant = grantId(Number(request.params.id));
    const outcome = await execute('putSubscription', {
      grantId: grant,
      patientId: userId(body.patient_id),
      units: body.sessions_total,
      startsAt,
      expiresAt,
      version: body.version ?? null,
      ...byAdmin(request),
    });
    if (outcome.kind === 'refused') return refused(reply, outcome);
    const found = await reads.subscription(grant);
    if (found === null) throw new Error(`subscription ${grant} was stored and is not there`);
    return success(STORED, grantJson(found));
  });

  app.get('/patients/:id/balance', { schema: readBalanceSchema }, async (request, reply) => {
    const found = await reads.balance(userId(Number(request.params.id)));
    if (found === null) return fail(reply, 'patient_not_found');
    recordView(actions, request, found.patientId);
    return balanceAnswer(found);
  });
};
