import { appointmentId } from '../../billing/ids.ts';
import type { Status } from '../../sessions/reads.ts';
import { callerOf } from '../auth/caller.ts';
import type { Api } from '../api.ts';
import type { Engine } from '../app-options.ts';
import { inProgress, notStarted } from '../documentation/examples.ts';
import { signedIn, TEXT_APPOINTMENTS } from '../documentation/openapi.ts';
import { responses } from '../documentation/responses.ts';
import { success, successSchema } from '../envelope.ts';
import { refused } from '../errors.ts';
import { statusJson, statusSchema } from '../answers/session.ts';
import { appointmentParams } from './appointment-params.ts';

const message = {
  session: 'The session as it stands now',
  not_started: 'Nobody has started the session yet',
} as const satisfies Record<Status['kind'], string>;

const answer = (status: Status) => success(message[status.kind], statusJson(status));

const schema = {
  operationId: 'sessionStatus',
  tags: [TEXT_APPOINTMENTS],
  summary: 'How the session of a text appointment stands now',
  description: 'Right at this instant, whatever else is running. Asking changes nothing.',
  security: signedIn,
  params: appointmentParams,
  response: responses(
    { 200: successSchema(statusSchema, answer(inProgress), answer(notStarted)) },
    'appointment_not_found',
    'not_a_participant',
  ),
};

export function sessionStatus(api: Api, status: Engine['reads']['status']): void {
  api.get('/text-appointments/:appointment_id/session-status', { schema }, async (request, reply) => {
    const id = appointmentId(Number(request.params.appointment_id));
    const found = await status(id, callerOf(request).userId);
    return found.kind === 'refused' ? refused(reply, found) : answer(found);
  });
}
