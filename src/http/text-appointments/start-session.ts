import { Type } from 'typebox';
import { appointmentId } from '../../billing/ids.ts';
import { callerOf } from '../auth/caller.ts';
import type { Api } from '../api.ts';
import type { Engine } from '../app-options.ts';
import { appointment, started } from '../documentation/examples.ts';
import { signedIn, TEXT_APPOINTMENTS } from '../documentation/openapi.ts';
import { responses } from '../documentation/responses.ts';
import { success, successSchema } from '../envelope.ts';
import { refused } from '../errors.ts';
import { lenientId } from '../schemas.ts';
import { logWith } from '../request-log.ts';
import { sessionJson, sessionSchema } from '../answers/session.ts';

const message = { started: 'The session has started', already_active: 'The session is active already' };

const schema = {
  operationId: 'startSession',
  tags: [TEXT_APPOINTMENTS],
  summary: 'Start the session of a text appointment',
  description: 'Either participant may. Starting again answers with the session that is active.',
  security: signedIn,
  body: Type.Object({ appointment_id: lenientId }, { examples: [{ appointment_id: appointment.id }] }),
  response: responses(
    { 200: successSchema(sessionSchema, success(message.started, sessionJson(started))) },
    'appointment_not_found',
    'not_a_participant',
    'not_a_text_appointment',
    'session_ended',
    'appointment_not_confirmed',
    'appointment_time_not_reached',
    'appointment_window_passed',
    'no_active_subscription',
    'insufficient_sessions',
  ),
};

/** R2. */
export function startSession(api: Api, execute: Engine['execute']): void {
  api.post('/text-appointments/start-session', { schema }, async (request, reply) => {
    const outcome = await execute('start', {
      appointmentId: appointmentId(Number(request.body.appointment_id)),
      caller: callerOf(request).userId,
    });
    if (outcome.kind === 'refused') return refused(reply, outcome);
    logWith(request, { session_id: outcome.session.session.id });
    return success(message[outcome.kind], sessionJson(outcome.session));
  });
}
