import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { sessionId } from '../../billing/ids.ts';
import type { RecordedAction } from '../../sessions/admin-actions.ts';
import type { Timeline } from '../../sessions/timeline.ts';
import { timeZoneQuery } from '../answers/receipt.ts';
import { endedSessionJson, endedSessionSchema, END_MESSAGES } from '../answers/session.ts';
import { timelineJson, timelineSchema } from '../answers/timeline.ts';
import type { ApiEngine } from '../app-options.ts';
import { action as exampleAction, endEffect } from '../documentation/act-examples.ts';
import { afterTheEnd, timeline as exampleTimeline } from '../documentation/examples.ts';
import { ADMINISTRATION, responses, SIGNED_IN } from '../documentation/openapi.ts';
import { success, successSchema } from '../envelope.ts';
import { refused } from '../errors.ts';
import {
  confirmedBy,
  effectAnswer,
  effectChanged,
  ifMatch,
  isPreview,
  lacksNote,
  previewAnswer,
  PREVIEW_DESCRIPTION,
  previewQuery,
  previewSchema,
} from '../preview.ts';
import { recordView } from '../record-action.ts';
import { logWith } from '../request-log.ts';
import { noteOrEmpty, sessionParams } from '../schemas.ts';

const timelineAnswer = (timeline: Timeline, actions: readonly RecordedAction[], timeZone?: string) =>
  success('The session with everything that ever happened to it', timelineJson(timeline, actions, timeZone));

const timelineRequest = {
  operationId: 'timeline',
  tags: [ADMINISTRATION],
  summary: 'One session with everything that ever happened to it',
  description:
    'Each block, each entry and the end with one sentence that says why. A refund that was taken back is followed by the ' +
    'adjustment that did it.',
  security: SIGNED_IN,
  params: sessionParams,
  querystring: timeZoneQuery,
  response: responses(
    { 200: successSchema(timelineSchema, timelineAnswer(exampleTimeline, [exampleAction])) },
    'forbidden',
    'session_not_found',
  ),
};

const endSchema = {
  operationId: 'endSessionByAdmin',
  tags: [ADMINISTRATION],
  summary: 'End a session and say whether the block in progress is charged',
  description: PREVIEW_DESCRIPTION,
  security: SIGNED_IN,
  headers: Type.Object({ 'if-match': ifMatch }),
  querystring: previewQuery,
  params: sessionParams,
  body: Type.Object(
    { note: noteOrEmpty, charge: Type.Boolean({ description: 'true or false' }) },
    { additionalProperties: false, examples: [{ note: 'The doctor was called away', charge: false }] },
  ),
  response: responses(
    {
      200: successSchema(
        Type.Union([endedSessionSchema, previewSchema]),
        success(END_MESSAGES.ended_before, endedSessionJson(afterTheEnd)),
        previewAnswer(endEffect),
      ),
    },
    'forbidden',
    'session_not_found',
    'effect_changed',
  ),
};

/** One session for the clinic's staff: its whole timeline, and the end by an admin. */
export const adminSessionRoutes: FastifyPluginAsyncTypebox<{
  readonly engine: Pick<ApiEngine, 'execute' | 'preview' | 'reads' | 'actions'>;
}> = async (app, { engine: { execute, preview, reads, actions } }) => {
  // oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Fastify awaits its handlers, unlike Express
  app.get('/sessions/:session_id', { schema: timelineRequest }, async (request, reply) => {
    const asked = sessionId(Number(request.params.session_id));
    logWith(request, { session_id: asked });
    const found = await reads.timeline(asked);
    if (found === null) return refused(reply, { kind: 'refused', code: 'session_not_found' });
    recordView(actions, request, found.view.session.patientId);
    const entries = found.entries.map(({ id: entryId }) => entryId);
    return timelineAnswer(found, await actions.ofSession(asked, entries), request.query.time_zone);
  });

  // R6.
  app.post('/sessions/:session_id/end', { schema: endSchema }, async (request, reply) => {
    const asked = sessionId(Number(request.params.session_id));
    logWith(request, { session_id: asked });
    const flaw = lacksNote(request, reply);
    if (flaw !== null) return flaw;
    const command = { sessionId: asked, ...request.body, ...confirmedBy(request) };
    const outcome = await (isPreview(request)
      ? preview('endByAdmin', command)
      : execute('endByAdmin', command));
    switch (outcome.kind) {
      case 'refused':
        return refused(reply, outcome);
      case 'effect_changed':
        return effectChanged(reply, outcome.effect);
      case 'ended':
        if (isPreview(request)) return effectAnswer(reply, outcome.effect);
        return success(END_MESSAGES.ended, endedSessionJson(outcome.session));
      case 'ended_before':
        return success(END_MESSAGES.ended_before, endedSessionJson(outcome.session));
    }
  });
};
