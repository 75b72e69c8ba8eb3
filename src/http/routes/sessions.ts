import { Type } from 'typebox';
import { appointmentId } from '../../billing/ids.ts';
import { callerOf } from '../auth/caller.ts';
import type { Api } from '../api.ts';
import type { Engine, HttpMetrics } from '../app-options.ts';
import { appointment, inProgress } from '../documentation/examples.ts';
import { signedIn, TEXT_APPOINTMENTS } from '../documentation/openapi.ts';
import { responses } from '../documentation/responses.ts';
import { success, successSchema } from '../envelope.ts';
import { refused } from '../errors.ts';
import { lenientId, oneOf } from '../schemas.ts';
import { statusJson } from '../answers/session.ts';

/** RFC 9745: the moment from which on no app should call this, as a structured date. */
const DEPRECATED_SINCE = `@${Date.UTC(2026, 10, 1) / 1000}`;

const message = 'Nothing was deducted: the server deducts by itself';

const reason = oneOf('interval', 'manual_end', 'no_activity');

const schema = {
  operationId: 'processDeduction',
  deprecated: true,
  tags: [TEXT_APPOINTMENTS],
  summary: 'Deducts nothing',
  description:
    'Old apps call this when they believe that a unit is due. It answers with the true figures, before, during and ' +
    'after the session, and **changes nothing**: the server deducts by itself.',
  security: signedIn,
  body: Type.Object(
    {
      appointment_id: lenientId,
      sessions_to_deduct: Type.Unsafe<number | string>({
        type: ['integer', 'string'],
        minimum: 1,
        format: 'count',
        description: 'an integer of 1 or more',
      }),
      reason,
    },
    { examples: [{ appointment_id: appointment.id, sessions_to_deduct: 1, reason: 'interval' }] },
  ),
  response: responses(
    {
      200: successSchema(
        Type.Object({
          sessions_deducted: Type.Literal(0),
          remaining_sessions: Type.Integer(),
          total_sessions_used: Type.Integer(),
          reason,
        }),
        success(message, figures(statusJson(inProgress), 'interval')),
      ),
    },
    'appointment_not_found',
    'not_a_participant',
  ),
};

type Reason = Type.Static<typeof reason>;

function figures(status: ReturnType<typeof statusJson>, given: Reason) {
  return {
    sessions_deducted: 0,
    remaining_sessions: status.remaining_sessions,
    total_sessions_used: status.sessions_used,
    reason: given,
  } as const;
}

/**
 * Kept so that old apps keep working. They call it beside ending a session, so it answers 200 after the end too;
 * and before the start, as their first server did.
 */
export function processDeduction(
  api: Api,
  status: Engine['reads']['status'],
  refusedClientDeduction: HttpMetrics['refusedClientDeduction'],
): void {
  api.post('/text-appointments/process-deduction', { schema }, async (request, reply) => {
    reply.header('deprecation', DEPRECATED_SINCE);
    reply.header('link', '</docs>; rel="deprecation"; type="text/html"');
    const { appointment_id, reason: given } = request.body;
    const found = await status(appointmentId(Number(appointment_id)), callerOf(request).userId);
    if (found.kind === 'refused') return refused(reply, found);
    refusedClientDeduction();
    return success(message, figures(statusJson(found), given));
  });
}
