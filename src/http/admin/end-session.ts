import { Type } from 'typebox';
import { sessionId } from '../../billing/ids.ts';
import { callerOf } from '../auth/caller.ts';
import type { Api } from '../api.ts';
import type { Engine } from '../app-options.ts';
import { afterTheEnd } from '../documentation/examples.ts';
import { ADMINISTRATION, signedIn } from '../documentation/openapi.ts';
import { responses } from '../documentation/responses.ts';
import { success, successSchema } from '../envelope.ts';
import { refused } from '../errors.ts';
import { idText, note } from '../schemas.ts';
import { logWith } from '../request-log.ts';
import { endedSessionJson, endedSessionSchema } from '../answers/session.ts';

const message = { ended: 'The session has ended', ended_before: 'The session had ended before' };

const schema = {
  operationId: 'endSessionByAdmin',
  tags: [ADMINISTRATION],
  summary: 'End a session and say whether the block in progress is charged',
  security: signedIn,
  params: Type.Object({ session_id: idText }),
  body: Type.Object(
    { note, charge: Type.Boolean({ description: 'true or false' }) },
    { additionalProperties: false, examples: [{ note: 'The doctor was called away', charge: false }] },
  ),
  response: responses(
    {
      200: successSchema(endedSessionSchema, success(message.ended_before, endedSessionJson(afterTheEnd))),
    },
    'forbidden',
    'session_not_found',
  ),
};

/** R6, by an admin. */
export function endSessionByAdmin(api: Api, execute: Engine['execute']): void {
  api.post('/sessions/:session_id/end', { schema }, async (request, reply) => {
    const id = sessionId(Number(request.params.session_id));
    logWith(request, { session_id: id });
    const outcome = await execute('endByAdmin', {
      sessionId: id,
      admin: callerOf(request).userId,
      ...request.body,
    });
    if (outcome.kind === 'refused') return refused(reply, outcome);
    return success(message[outcome.kind], endedSessionJson(outcome.session));
  });
}
