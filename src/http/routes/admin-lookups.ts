import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { appointmentId, grantId } from '../../billing/ids.ts';
import type { BookedAppointment } from '../../sessions/console-reads.ts';
import type { Hit } from '../../sessions/console-store.ts';
import { bookedAppointmentJson, bookedAppointmentSchema, hitsJson, hitsSchema } from '../answers/find.ts';
import { grantJson, grantSchema } from '../answers/ledger.ts';
import type { ApiEngine } from '../app-options.ts';
import { bookedAppointment, hits as exampleHits } from '../documentation/console-examples.ts';
import { grant as exampleGrant } from '../documentation/examples.ts';
import { ADMINISTRATION, responses, SIGNED_IN } from '../documentation/openapi.ts';
import { success, successSchema } from '../envelope.ts';
import { refused } from '../errors.ts';
import { idParams, idText } from '../schemas.ts';

const findAnswer = (hits: readonly Hit[]) => success('What has this number', hitsJson(hits));

const findSchema = {
  operationId: 'find',
  tags: [ADMINISTRATION],
  summary: 'Everything that has a number',
  security: SIGNED_IN,
  querystring: Type.Object({ id: idText }, { additionalProperties: false }),
  response: responses({ 200: successSchema(hitsSchema, findAnswer(exampleHits)) }, 'forbidden'),
};

const appointmentAnswer = (found: BookedAppointment) =>
  success('The appointment as it is stored', bookedAppointmentJson(found));

const readAppointmentSchema = {
  operationId: 'readAppointment',
  tags: [ADMINISTRATION],
  summary: 'An appointment, and its session where it has one',
  security: SIGNED_IN,
  params: idParams,
  response: responses(
    { 200: successSchema(bookedAppointmentSchema, appointmentAnswer(bookedAppointment)) },
    'forbidden',
    'appointment_not_found',
  ),
};

const subscriptionAnswer = (grant: Parameters<typeof grantJson>[0]) =>
  success('The subscription as it stands now', grantJson(grant));

const readSubscriptionSchema = {
  operationId: 'readSubscription',
  tags: [ADMINISTRATION],
  summary: 'A subscription, and what is left of it now',
  security: SIGNED_IN,
  params: idParams,
  response: responses(
    { 200: successSchema(grantSchema, subscriptionAnswer(exampleGrant)) },
    'forbidden',
    'subscription_not_found',
  ),
};

/** Looking things up by their number. */
export const lookupRoutes: FastifyPluginAsyncTypebox<{
  readonly engine: Pick<ApiEngine, 'reads'>;
}> = async (app, { engine: { reads } }) => {
  app.get('/find', { schema: findSchema }, (request) =>
    reads.find(Number(request.query.id)).then(findAnswer),
  );

  app.get('/appointments/:id', { schema: readAppointmentSchema }, async (request, reply) => {
    const found = await reads.appointment(appointmentId(Number(request.params.id)));
    return found === null
      ? refused(reply, { kind: 'refused', code: 'appointment_not_found' })
      : appointmentAnswer(found);
  });

  app.get('/subscriptions/:id', { schema: readSubscriptionSchema }, async (request, reply) => {
    const found = await reads.subscription(grantId(Number(request.params.id)));
    return found === null
      ? refused(reply, { kind: 'refused', code: 'subscription_not_found' })
      : subscriptionAnswer(found);
  });
};
