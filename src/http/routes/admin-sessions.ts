import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { sessionId, userId } from '../../billing/ids.ts';
import type { SessionRecord } from '../../sessions/reads.ts';
import type { Timeline } from '../../sessions/timeline.ts';
import { timeZoneQuery } from '../answers/receipt.ts';
import {
  endedSessionJson,
  endedSessionSchema,
  endMessage,
  sessionFactFields,
  sessionFactsJson,
} from '../answers/session.ts';
import { timelineJson, timelineSchema } from '../answers/timeline.ts';
import type { ApiEngine } from '../app-options.ts';
import { callerOf } from '../auth/caller.ts';
import { afterTheEnd, timeline as exampleTimeline } from '../documentation/examples.ts';
import { ADMINISTRATION, responses, signedIn } from '../documentation/openapi.ts';
import { success, successSchema } from '../envelope.ts';
import { refused } from '../errors.ts';
import { logWith } from '../request-log.ts';
import { rfc3339OrNull } from '../rfc3339.ts';
import {
  id,
  idOrNull,
  idText,
  instant,
  limitText,
  note,
  nullable,
  oneOf,
  sessionParams,
} from '../schemas.ts';

const FOUND = 'Sessions, newest first';

const recordSchema = Type.Object({
  ...sessionFactFields,
  next_deadline_at: nullable(instant),
  end_recorded_at: nullable(instant),
});

const recordJson = (record: SessionRecord): Type.Static<typeof recordSchema> => ({
  ...sessionFactsJson(record.session),
  next_deadline_at: rfc3339OrNull(record.nextDeadlineAt),
  end_recorded_at: rfc3339OrNull(record.endRecordedAt),
});

const example: SessionRecord = {
  session: afterTheEnd.session,
  nextDeadlineAt: null,
  endRecordedAt: afterTheEnd.accountNow,
};

const listSchema = {
  operationId: 'listSessions',
  tags: [ADMINISTRATION],
  summary: 'Sessions, newest first',
  description:
    'As they are stored: a deadline that passed a moment ago may not have been applied yet. ' +
    'Ask again with `cursor` = `next_cursor` for the next page.',
  security: signedIn,
  querystring: Type.Object(
    {
      status: Type.Optional(oneOf('active', 'ended')),
      patient_id: Type.Optional(idText),
      doctor_id: Type.Optional(idText),
      cursor: Type.Optional(idText),
      limit: limitText(200, 50),
    },
    { additionalProperties: false },
  ),
  response: responses(
    {
      200: successSchema(
        Type.Object({ sessions: Type.Array(recordSchema), next_cursor: nullable(id) }),
        success(FOUND, { sessions: [recordJson(example)], next_cursor: null }),
      ),
    },
    'forbidden',
  ),
};

const timelineAnswer = (timeline: Timeline, timeZone?: string) =>
  success('The session with everything that ever happened to it', timelineJson(timeline, timeZone));

const timelineRequest = {
  operationId: 'timeline',
  tags: [ADMINISTRATION],
  summary: 'One session with everything that ever happened to it',
  description:
    'Each block, each entry and the end with one sentence that says why. A refund that was taken back is followed by the ' +
    'adjustment that did it.',
  security: signedIn,
  params: sessionParams,
  querystring: timeZoneQuery,
  response: responses(
    { 200: successSchema(timelineSchema, timelineAnswer(exampleTimeline)) },
    'forbidden',
    'session_not_found',
  ),
};

const endSchema = {
  operationId: 'endSessionByAdmin',
  tags: [ADMINISTRATION],
  summary: 'End a session and say whether the block in progress is charged',
  security: signedIn,
  params: sessionParams,
  body: Type.Object(
    { note, charge: Type.Boolean({ description: 'true or false' }) },
    { additionalProperties: false, examples: [{ note: 'The doctor was called away', charge: false }] },
  ),
  response: responses(
    {
      200: successSchema(endedSessionSchema, success(endMessage.ended_before, endedSessionJson(afterTheEnd))),
    },
    'forbidden',
    'session_not_found',
  ),
};

/** Sessions for the clinic's staff: the list, one with its whole timeline, and the end by an admin. */
export const adminSessionRoutes: FastifyPluginAsyncTypebox<{
  readonly engine: Pick<ApiEngine, 'execute' | 'reads'>;
}> = async (app, { engine: { execute, reads } }) => {
  // oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Fastify awaits its handlers, unlike Express
  app.get('/sessions', { schema: listSchema }, async (request) => {
    const { status, patient_id, doctor_id, cursor, limit } = request.query;
    const page = await reads.sessions({
      status: status ?? null,
      patientId: idOrNull(userId, patient_id),
      doctorId: idOrNull(userId, doctor_id),
      cursor: idOrNull(sessionId, cursor),
      limit: Number(limit),
    });
    return success(FOUND, { sessions: page.items.map(recordJson), next_cursor: page.nextCursor });
  });

  app.get('/sessions/:session_id', { schema: timelineRequest }, async (request, reply) => {
    const asked = sessionId(Number(request.params.session_id));
    logWith(request, { session_id: asked });
    const found = await reads.timeline(asked);
    return found === null
      ? refused(reply, { kind: 'refused', code: 'session_not_found' })
      : timelineAnswer(found, request.query.time_zone);
  });

  // R6.
  app.post('/sessions/:session_id/end', { schema: endSchema }, async (request, reply) => {
    const asked = sessionId(Number(request.params.session_id));
    logWith(request, { session_id: asked });
    const outcome = await execute('endByAdmin', {
      sessionId: asked,
      admin: callerOf(request).userId,
      ...request.body,
    });
    if (outcome.kind === 'refused') return refused(reply, outcome);
    return success(endMessage[outcome.kind], endedSessionJson(outcome.session));
  });
};
