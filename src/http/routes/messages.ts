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
import { limitText } from '../schemas.ts';
import { appointmentParams } from '../text-appointments/appointment-params.ts';
import { messageJson, messageSchema } from '../answers/message.ts';

const found = 'The messages of the session';

const schema = {
  operationId: 'listMessages',
  tags: [TEXT_APPOINTMENTS],
  summary: 'Messages of the session, by their number; also after its end',
  description: 'Ask again with `after` = `next_after` for those that come next.',
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
        Type.Object({ messages: Type.Array(messageSchema), next_after: Type.Integer({ minimum: 0 }) }),
        success(found, { messages: [messageJson(message)], next_after: message.messageNo }),
      ),
    },
    'appointment_not_found',
    'not_a_participant',
    'no_active_session',
  ),
};

export function listMessages(api: Api, messages: Engine['reads']['messages']): void {
  api.get('/text-appointments/:appointment_id/messages', { schema }, async (request, reply) => {
    const after = Number(request.query.after);
    const page = await messages({
      appointmentId: appointmentId(Number(request.params.appointment_id)),
      caller: callerOf(request).userId,
      after,
      limit: Number(request.query.limit),
    });
    if (page.kind === 'refused') return refused(reply, page);
    return success(found, {
      messages: page.messages.map(messageJson),
      next_after: page.messages.at(-1)?.messageNo ?? after,
    });
  });
}
