import { Type } from 'typebox';
import { appointmentId } from '../../billing/ids.ts';
import { callerOf } from '../auth/caller.ts';
import type { Api } from '../api.ts';
import type { Engine } from '../app-options.ts';
import { afterTheEnd, appointment } from '../documentation/examples.ts';
import { signedIn, TEXT_APPOINTMENTS } from '../documentation/openapi.ts';
import { responses } from '../documentation/responses.ts';
import { success, successSchema } from '../envelope.ts';
import { refused } from '../errors.ts';
import { lenientId } from '../schemas.ts';
import { logWith } from '../request-log.ts';
import { endedSessionJson, endedSessionSchema } from '../answers/session.ts';

const message = { ended: 'The session has ended', ended_before: 'The session had ended before' };

const schema = {
  operationId: 'endSession',
  tags: [TEXT_APPOINTMENTS],
  summary: 'End the session of a text appointment',
  description:
    'Either participant may. Ending again answers with the stored result and charges nothing. Old apps send ' +
    '`sessions_to_deduct`: it is not looked at.',
  security: signedIn,
  body: Type.Object({ appointment_id: lenientId }, { examples: [{ appointment_id: appointment.id }] }),
  response: responses(
    { 200: successSchema(endedSessionSchema, success(message.ended, endedSessionJson(afterTheEnd))) },
    'appointment_not_found',
    'not_a_participant',
    'no_active_session',
  ),
};

/** R6. */
export function endSession(api: Api, execute: Engine['execute']): void {
  api.post('/text-appointments/end-session', { schema }, async (request, reply) => {
    const outcome = await execute('end', {
      appointmentId: appointmentId(Number(request.body.appointment_id)),
      caller: callerOf(request).userId,
    });
    if (outcome.kind === 'refused') return refused(reply, outcome);
    logWith(request, { session_id: outcome.session.session.id });
    return success(message[outcome.kind], endedSessionJson(outcome.session));
  });
}
