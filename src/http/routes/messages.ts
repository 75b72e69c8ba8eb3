import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { appointmentId } from '../../billing/ids.ts';
import type { MessageRange, MessagesFound } from '../../sessions/records.ts';
import { messageJson, messageSchema } from '../answers/message.ts';
import type { ApiEngine } from '../app-options.ts';
import { callerOf } from '../auth/caller.ts';
import { message } from '../documentation/examples.ts';
import { responses, SIGNED_IN, TEXT_APPOINTMENTS } from '../documentation/openapi.ts';
import { success, successSchema } from '../envelope.ts';
import { fail, refused } from '../errors.ts';
import { logWith } from '../request-log.ts';
import { appointmentParams, countText, nullable } from '../schemas.ts';

const SEND_ANSWERS = {
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
  security: SIGNED_IN,
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
        pattern: '\\S',
        format: 'storable-text',
        description: '1 to 4000 characters of well-formed text without NUL, and not white space only',
      }),
    },
    {
      additionalProperties: false,
      examples: [{ client_message_id: message.clientMessageId, text: message.text }],
    },
  ),
  response: responses(
    {
      200: successSchema(messageSchema, success(SEND_ANSWERS.stored_before.message, messageJson(message))),
      201: successSchema(messageSchema, success(SEND_ANSWERS.stored.message, messageJson(message))),
    },
    'appointment_not_found',
    'not_a_participant',
    'no_active_session',
    'session_ended',
    'message_id_reused',
  ),
};

const LIST_MESSAGE = 'The messages of the session';

const pageQuery = Type.Object(
  {
    after: Type.Optional(
      Type.String({
        format: 'id-or-zero',
        description: 'the number of the last message that is known, or 0',
      }),
    ),
    before: Type.Optional(
      Type.String({ format: 'id', description: 'the number of the first message that is known' }),
    ),
    last: Type.Optional(countText(200)),
    limit: Type.Optional(countText(200)),
  },
  { additionalProperties: false },
);

/** `after`: what the app knows where the page has no message. */
const pageAnswer = ({ messages, hasMore }: MessagesFound, after: number) => {
  const first = messages[0]?.messageNo ?? 1;
  return success(LIST_MESSAGE, {
    messages: messages.map(messageJson),
    has_more: hasMore,
    next_after: messages.at(-1)?.messageNo ?? after,
    next_before: first === 1 ? null : first,
  });
};

const listSchema = {
  operationId: 'listMessages',
  tags: [TEXT_APPOINTMENTS],
  summary: 'Messages of the session, by their number; also after its end',
  description:
    'Ascending. The newest page is `last=50`; older ones come with `before` = `next_before`, newer ones with ' +
    '`after` = `next_after`. At most one of `after`, `before` and `last`; none of them is `after=0`. A page of long ' +
    'messages has fewer than was asked for. Before the start the list is empty.',
  security: SIGNED_IN,
  params: appointmentParams,
  querystring: pageQuery,
  response: responses(
    {
      200: successSchema(
        Type.Object({
          messages: Type.Array(messageSchema),
          has_more: Type.Boolean({
            description: 'There are more after these; with `before` and `last`: before these',
          }),
          next_after: Type.Integer({ minimum: 0 }),
          next_before: nullable(
            Type.Integer({ minimum: 2, description: 'null where the page holds the first message, or none' }),
          ),
        }),
        pageAnswer({ messages: [message], hasMore: false }, 0),
      ),
    },
    'appointment_not_found',
    'not_a_participant',
  ),
};

const USUAL_LIMIT = 50;

/** Which messages are asked for; or the two fields of which there can be only one. */
function rangeOf({ after, before, last, limit }: Type.Static<typeof pageQuery>) {
  const [first, second] = Object.entries({ after, before, last }).flatMap(([field, value]) =>
    value === undefined ? [] : [field],
  );
  if (first !== undefined && second !== undefined) return { kind: 'too_many', first, second } as const;
  const most = Number(limit ?? last ?? USUAL_LIMIT);
  if (last !== undefined) return range('before', Number.MAX_SAFE_INTEGER, Math.min(Number(last), most));
  return before === undefined
    ? range('after', Number(after ?? 0), most)
    : range('before', Number(before), most);
}

const range = (side: MessageRange['side'], messageNo: number, limit: number) =>
  ({ kind: 'range', range: { side, messageNo, limit } }) as const;

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
    const answer = SEND_ANSWERS[outcome.kind];
    reply.code(answer.status);
    return success(answer.message, messageJson(outcome.message));
  });

  app.get('/:appointment_id/messages', { schema: listSchema }, async (request, reply) => {
    const asked = rangeOf(request.query);
    if (asked.kind === 'too_many') {
      const errors = [{ field: asked.second, message: `must not be given together with ${asked.first}` }];
      return fail(reply, 'validation_failed', { errors });
    }
    const page = await engine.reads.messages({
      appointmentId: appointmentId(Number(request.params.appointment_id)),
      caller: callerOf(request).userId,
      range: asked.range,
    });
    if (page.kind === 'refused') return refused(reply, page);
    return pageAnswer(page, Number(request.query.after ?? 0));
  });
};
