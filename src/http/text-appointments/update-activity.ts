import { Type } from 'typebox';
import { appointmentId } from '../../billing/ids.ts';
import { callerOf } from '../auth/caller.ts';
import type { Api } from '../api.ts';
import type { Engine } from '../app-options.ts';
import { appointment, message } from '../documentation/examples.ts';
import { signedIn, TEXT_APPOINTMENTS } from '../documentation/openapi.ts';
import { responses } from '../documentation/responses.ts';
import { success, successSchema } from '../envelope.ts';
import { refused } from '../errors.ts';
import { id, instant, lenientId } from '../schemas.ts';
import { logWith } from '../request-log.ts';
import { rfc3339 } from '../rfc3339.ts';

const recorded = 'The activity is recorded';

const schema = {
  operationId: 'updateActivity',
  tags: [TEXT_APPOINTMENTS],
  summary: 'Tell that the caller wrote a message',
  description:
    'For apps that keep their messages elsewhere. Old apps send `user_type`: it is not looked at, the role follows ' +
    'from the appointment.',
  security: signedIn,
  body: Type.Object({ appointment_id: lenientId }, { examples: [{ appointment_id: appointment.id }] }),
  response: responses(
    {
      200: successSchema(
        Type.Object({ session_id: id, last_activity_time: instant }),
        success(recorded, { session_id: message.sessionId, last_activity_time: rfc3339(message.sentAt) }),
      ),
    },
    'appointment_not_found',
    'not_a_participant',
    'no_active_session',
    'session_ended',
  ),
};

/** R7. */
export function updateActivity(api: Api, recordActivity: Engine['recordActivity']): void {
  api.post('/text-appointments/update-activity', { schema }, async (request, reply) => {
    const outcome = await recordActivity({
      appointmentId: appointmentId(Number(request.body.appointment_id)),
      caller: callerOf(request).userId,
    });
    if (outcome.kind === 'refused') return refused(reply, outcome);
    const { sessionId, lastActivityAt } = outcome;
    logWith(request, { session_id: sessionId });
    return success(recorded, { session_id: sessionId, last_activity_time: rfc3339(lastActivityAt) });
  });
}
