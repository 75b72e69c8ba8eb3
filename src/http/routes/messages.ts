import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { appointmentId } from '../../billing/ids.ts';
import { messageJson, messageSchema } from '../answers/message.ts';
import type { ApiEngine } from '../app-options.ts';
import { callerOf } from '../auth/caller.ts';
import { message } from '../documentation/examples.ts';
import { responses, signedIn, TEXT_APPOINTMENTS } from '../documentation/openapi.ts';
import { success, successSchema } from '../envelope.ts';
import { refused } from '../errors.ts';
import { logWith } from '../request-log.ts';
import { appointmentParams, limitText } from '../schemas.ts';

const answers = {
  stored: { status: 201, message: 'The message is stored' },
  stored_before: { status: 200, message: 'The message was stored before' },
} as const;

const sendSchema = {
  operationId: 'sendMessage',
  tags: [TEXT_APPOINTMENTS],
  summary: 'Send a message; it counts as activity',
  description:
    'The app chooses `client_message_id` and sends the same one when it repeats a message whose answer was lost. ' +
    'The repeat is answered with the stored message, also after the end of the session.',
  security: signedIn,
  params: appointmentParams,
  body: Type.Object(
    {
      client_message_id: Type.String({
        pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
        description: 'a UUID',
      }),
      text: Type.String({
        minLength: 1,
        maxLength: 4000,
        format: 'storable-text',
        description: '1 to 4000 characters of well-formed text without NUL',
      }),
    },
    {
      additionalProperties: false,
      examples: [{ client_message_id: message.clientMessageId, text: message.text }],
    },
  ),
  response: responses(
    {
      200: successSchema(messageSchema, success(answers.stored_before.message, messageJson(message))),
      201: successSchema(messageSchema, success(answers.stored.message, messageJson(message))),
    },
    'appointment_not_found',
    'not_a_participant',
    'no_active_session',
    'session_ended',
    'message_id_reused',
  ),
};

const found = 'The messages of the session';

const listSchema = {
  operationId: 'listMessages',
  tags: [TEXT_APPOINTMENTS],
  summary: 'Messages of the session, by their number; also after its end',
  description:
    'Ask again with `after` = `next_after` for those that come next. A page of long messages has fewer than `limit`.',
  security: signedIn,
  params: appointmentParams,
  querystring: Type.Object(
    {
      after: Type.String({
        format: 'id-or-zero',
        default: '0',
        description: 'the number of the last message that is known, or 0',
      }),
      limit: limitText(200, 50),
    },
    { additionalProperties: false },
  ),
  response: responses(
    {
      200: successSchema(
        Type.Object({
          messages: Type.Array(messageSchema),
          has_more: Type.Boolean({ description: 'There are messages behind these' }),
          next_after: Type.Integer({ minimum: 0 }),
        }),
        success(found, { messages: [messageJson(message)], has_more: false, next_after: message.messageNo }),
      ),
    },
    'appointment_not_found',
    'not_a_participant',
    'no_active_session',
  ),
};

/** Of one appointment's session, for its participants. */
export const messageRoutes: FastifyPluginAsyncTypebox<{
  readonly engine: Pick<ApiEngine, 'execute' | 'reads'>;
}> = async (app, { engine }) => {
  app.post('/:appointment_id/messages', { schema: sendSchema }, async (request, reply) => {
    const { client_message_id, text } = request.body;
    // R7.
    const outcome = await engine.execute('sendMessage', {
      appointmentId: appointmentId(Number(request.params.appointment_id)),
      caller: callerOf(request).userId,
      clientMessageId: client_message_id.toLowerCase(),
      text,
    });
    if (outcome.kind === 'refused') return refused(reply, outcome);
    logWith(request, { session_id: outcome.message.sessionId });
    const answer = answers[outcome.kind];
    reply.code(answer.status);
    return success(answer.message, messageJson(outcome.message));
  });

  app.get('/:appointment_id/messages', { schema: listSchema }, async (request, reply) => {
    const after = Number(request.query.after);
    const page = await engine.reads.messages({
      appointmentId: appointmentId(Number(request.params.appointment_id)),
      caller: callerOf(request).userId,
      after,
      limit: Number(request.query.limit),
    });
    if (page.kind === 'refused') return refused(reply, page);
    return success(found, {
      messages: page.messages.map(messageJson),
      has_more: page.hasMore,
      next_after: page.messages.at(-1)?.messageNo ?? after,
    });
  });
};
