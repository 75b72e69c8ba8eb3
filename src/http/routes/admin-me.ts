import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { callerOf } from '../auth/caller.ts';
import { meJson, meSchema } from '../answers/me.ts';
import { admin } from '../documentation/examples.ts';
import { ADMINISTRATION, responses, SIGNED_IN } from '../documentation/openapi.ts';
import { success, successSchema } from '../envelope.ts';

const answer = (userId: typeof admin) => success('You are signed in', meJson(userId));

const meRouteSchema = {
  operationId: 'me',
  tags: [ADMINISTRATION],
  summary: 'Who is signed in',
  security: SIGNED_IN,
  response: responses({ 200: successSchema(meSchema, answer(admin)) }, 'forbidden'),
};

/** Who the caller is, as a page has to show it. */
export const meRoute: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/me', { schema: meRouteSchema }, (request) => Promise.resolve(answer(callerOf(request).userId)));
};
