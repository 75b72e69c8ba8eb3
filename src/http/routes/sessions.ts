import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { appointmentId } from '../../billing/ids.ts';
import type { Receipt } from '../../sessions/receipt.ts';
import type { Status } from '../../sessions/reads.ts';
import { receiptJson, receiptSchema, timeZoneQuery } from '../answers/receipt.ts';
import {
  endedSessionJson,
  endedSessionSchema,
  END_MESSAGES,
  sessionJson,
  sessionSchema,
  statusJson,
  statusSchema,
} from '../answers/session.ts';
import type { ApiEngine } from '../app-options.ts';
import { callerOf } from '../auth/caller.ts';
import {
  afterTheEnd,
  appointment,
  inProgress,
  message,
  notStarted,
  receipt as exampleReceipt,
  started,
} from '../documentation/examples.ts';
import { responses, SIGNED_IN, TEXT_APPOINTMENTS } from '../documentation/openapi.ts';
import { success, successSchema } from '../envelope.ts';
import { refused } from '../errors.ts';
import { logWith } from '../request-log.ts';
import { rfc3339 } from '../rfc3339.ts';
import { appointmentParams, id, instant, lenientId, oneOf } from '../schemas.ts';

const START_MESSAGES = {
  started: 'The session has started',
  already_active: 'The session is active already',
};
const RECORDED = 'The activity is recorded';

const startSchema = {
  operationId: 'startSession',
  tags: [TEXT_APPOINTMENTS],
  summary: 'Start the session of a text appointment',
  description: 'Either participant may. Starting again answers with the session that is active.',
  security: SIGNED_IN,
  body: Type.Object({ appointment_id: lenientId }, { examples: [{ appointment_id: appointment.id }] }),
  response: responses(
    { 200: successSchema(sessionSchema, success(START_MESSAGES.started, sessionJson(started))) },
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

const activitySchema = {
  operationId: 'updateActivity',
  tags: [TEXT_APPOINTMENTS],
  summary: 'Record that the caller wrote a message',
  description:
    'For apps that keep their messages elsewhere. Old apps send `user_type`: it is ignored, the role follows from ' +
    'the appointment.',
  security: SIGNED_IN,
  body: Type.Object({ appointment_id: lenientId }, { examples: [{ appointment_id: appointment.id }] }),
  response: responses(
    {
      200: successSchema(
        Type.Object({ session_id: id, last_activity_time: instant }),
        success(RECORDED, { session_id: message.sessionId, last_activity_time: rfc3339(message.sentAt) }),
      ),
    },
    'appointment_not_found',
    'not_a_participant',
    'no_active_session',
    'session_ended',
  ),
};

const endSchema = {
  operationId: 'endSession',
  tags: [TEXT_APPOINTMENTS],
  summary: 'End the session of a text appointment',
  description:
    'Either participant may. Ending again answers with the stored result and charges nothing. Old apps send ' +
    '`sessions_to_deduct`: it is ignored.',
  security: SIGNED_IN,
  body: Type.Object({ appointment_id: lenientId }, { examples: [{ appointment_id: appointment.id }] }),
  response: responses(
    { 200: successSchema(endedSessionSchema, success(END_MESSAGES.ended, endedSessionJson(afterTheEnd))) },
    'appointment_not_found',
    'not_a_participant',
    'no_active_session',
  ),
};

/** RFC 9745: the moment from which on no app should call this, as a structured date. */
const DEPRECATED_SINCE = `@${Date.UTC(2026, 10, 1) / 1000}`;

const NOTHING_DEDUCTED = 'Nothing was deducted: the server deducts by itself';

const reason = oneOf('interval', 'manual_end', 'no_activity');

const deductionSchema = {
  operationId: 'processDeduction',
  deprecated: true,
  tags: [TEXT_APPOINTMENTS],
  summary: 'Deducts nothing',
  description:
    'Old apps call this when they believe that a unit is due. It answers with the true figures, before, during and ' +
    'after the session, and **changes nothing**: the server deducts by itself.',
  security: SIGNED_IN,
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
        success(NOTHING_DEDUCTED, figures(statusJson(inProgress), 'interval')),
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

const STATUS_MESSAGES = {
  session: 'The session as it stands now',
  not_started: 'Nobody has started the session yet',
} as const satisfies Record<Status['kind'], string>;

const statusAnswer = (status: Status) => success(STATUS_MESSAGES[status.kind], statusJson(status));

const statusOfSchema = {
  operationId: 'sessionStatus',
  tags: [TEXT_APPOINTMENTS],
  summary: 'How the session of a text appointment stands now',
  description: 'Right at this instant, also while no worker runs. Asking changes nothing.',
  security: SIGNED_IN,
  params: appointmentParams,
  response: responses(
    { 200: successSchema(statusSchema, statusAnswer(inProgress), statusAnswer(notStarted)) },
    'appointment_not_found',
    'not_a_participant',
  ),
};

const receiptAnswer = (receipt: Receipt, timeZone?: string) =>
  success('Why each unit of the session was taken', receiptJson(receipt, timeZone));

const receiptRequest = {
  operationId: 'receipt',
  tags: [TEXT_APPOINTMENTS],
  summary: 'Why each unit of the session was taken',
  description: 'Each block, and the end, with one sentence that says why.',
  security: SIGNED_IN,
  params: appointmentParams,
  querystring: timeZoneQuery,
  response: responses(
    { 200: successSchema(receiptSchema, receiptAnswer(exampleReceipt)) },
    'appointment_not_found',
    'not_a_participant',
    'no_active_session',
  ),
};

/**
 * What the apps of patients and doctors use. The routes of one session: start, activity, end, status and receipt,
 * and `process-deduction` of the first apps.
 */
export const sessionRoutes: FastifyPluginAsyncTypebox<{
  readonly engine: Pick<ApiEngine, 'execute' | 'recordActivity' | 'reads'>;
  readonly refusedClientDeduction: () => void;
}> = async (app, { engine, refusedClientDeduction }) => {
  const { execute, recordActivity, reads } = engine;

  // R2.
  app.post('/start-session', { schema: startSchema }, async (request, reply) => {
    const outcome = await execute('start', by(request.body, request));
    if (outcome.kind === 'refused') return refused(reply, outcome);
    logWith(request, { session_id: outcome.session.session.id });
    return success(START_MESSAGES[outcome.kind], sessionJson(outcome.session));
  });

  // R7.
  app.post(
    '/update-activity',
    { schema: activitySchema, config: { isBoundedByEngine: true } },
    async (request, reply) => {
      const outcome = await recordActivity(by(request.body, request));
      if (outcome.kind === 'refused') return refused(reply, outcome);
      const { sessionId, lastActivityAt } = outcome;
      logWith(request, { session_id: sessionId });
      return success(RECORDED, { session_id: sessionId, last_activity_time: rfc3339(lastActivityAt) });
    },
  );

  // R6.
  app.post('/end-session', { schema: endSchema }, async (request, reply) => {
    const outcome = await execute('end', by(request.body, request));
    if (outcome.kind === 'refused') return refused(reply, outcome);
    logWith(request, { session_id: outcome.session.session.id });
    return success(END_MESSAGES[outcome.kind], endedSessionJson(outcome.session));
  });

  // Old apps call it beside ending a session, so it answers 200 after the end, and before the start, as their first
  // server did.
  app.post('/process-deduction', { schema: deductionSchema }, async (request, reply) => {
    reply.header('deprecation', DEPRECATED_SINCE);
    reply.header('link', '</docs>; rel="deprecation"; type="text/html"');
    const { appointmentId: asked, caller } = by(request.body, request);
    const found = await reads.status(asked, caller);
    if (found.kind === 'refused') return refused(reply, found);
    refusedClientDeduction();
    return success(NOTHING_DEDUCTED, figures(statusJson(found), request.body.reason));
  });

  app.get(
    '/:appointment_id/session-status',
    { schema: statusOfSchema, config: { isBoundedByEngine: true } },
    async (request, reply) => {
      const { appointmentId: asked, caller } = by(request.params, request);
      const found = await reads.status(asked, caller);
      return found.kind === 'refused' ? refused(reply, found) : statusAnswer(found);
    },
  );

  app.get('/:appointment_id/receipt', { schema: receiptRequest }, async (request, reply) => {
    const { appointmentId: asked, caller } = by(request.params, request);
    const found = await reads.receipt(asked, caller);
    return found.kind === 'refused' ? refused(reply, found) : receiptAnswer(found, request.query.time_zone);
  });
};

/** Who asks for which appointment. */
const by = ({ appointment_id }: { readonly appointment_id: number | string }, request: FastifyRequest) => ({
  appointmentId: appointmentId(Number(appointment_id)),
  caller: callerOf(request).userId,
});
