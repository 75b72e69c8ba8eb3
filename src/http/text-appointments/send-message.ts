import { Type } from 'typebox';
import { appointmentId } from '../../billing/ids.ts';
import { callerOf } from '../auth/caller.ts';
import type { Api } from '../api.ts';
import type { Engine } from '../app-options.ts';
import { message } from '../documentation/examples.ts';
import { signedIn, TEXT_APPOINTMENTS } from '../documentation/openapi.ts';
import { responses } from '../documentation/responses.ts';
import { success, successSchema } from '../envelope.ts';
import { refused } from '../errors.ts';
import { logWith } from '../request-log.ts';
import { appointmentParams } from './appointment-params.ts';
import { messageJson, messageSchema } from '../answers/message.ts';

const answers = {
  stored: { status: 201, message: 'The message is stored' },
  stored_before: { status: 200, message: 'The message was stored before' },
} as const;

const schema = {
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

/** R7. */
export function sendMessage(api: Api, execute: Engine['execute']): void {
  api.post('/text-appointments/:appointment_id/messages', { schema }, async (request, reply) => {
    const { client_message_id, text } = request.body;
    const outcome = await execute('sendMessage', {
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
}
