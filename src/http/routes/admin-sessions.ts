import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { sessionId } from '../../billing/ids.ts';
import type { Timeline } from '../../sessions/timeline.ts';
import { timeZoneQuery } from '../answers/receipt.ts';
import { endedSessionJson, endedSessionSchema, endMessage } from '../answers/session.ts';
import { timelineJson, timelineSchema } from '../answers/timeline.ts';
import type { ApiEngine } from '../app-options.ts';
import { callerOf } from '../auth/caller.ts';
import { afterTheEnd, timeline as exampleTimeline } from '../documentation/examples.ts';
import { ADMINISTRATION, responses, signedIn } from '../documentation/openapi.ts';
import { success, successSchema } from '../envelope.ts';
import { refused } from '../errors.ts';
import { logWith } from '../request-log.ts';
import { note, sessionParams } from '../schemas.ts';

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

/** One session for the clinic's staff: its whole timeline, and the end by an admin. */
export const adminSessionRoutes: FastifyPluginAsyncTypebox<{
  readonly engine: Pick<ApiEngine, 'execute' | 'reads'>;
}> = async (app, { engine: { execute, reads } }) => {
  // oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Fastify awaits its handlers, unlike Express
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
