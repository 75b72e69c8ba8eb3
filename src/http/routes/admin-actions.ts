import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { userId } from '../../billing/ids.ts';
import { type ActionFilter, isActionName } from '../../sessions/admin-actions.ts';
import { actionCursorText, parseActionCursor } from '../cursors.ts';
import { actionJson, actionsCsv, actionSchema } from '../answers/action.ts';
import type { ApiEngine } from '../app-options.ts';
import { jsonOrCsv, linkToNext, prefersCsv, sendCsv } from '../csv.ts';
import { action } from '../documentation/act-examples.ts';
import { ADMINISTRATION, responses, SIGNED_IN } from '../documentation/openapi.ts';
import { success, successSchema } from '../envelope.ts';
import { fail } from '../errors.ts';
import { flawsOfPeriod } from '../period.ts';
import { recordExport } from '../record-action.ts';
import { instantOrNull } from '../rfc3339.ts';
import { idOrNull, idText, instantText, limitText, nullable } from '../schemas.ts';

const FOUND = 'What administrators did, newest first';

const page = successSchema(
  Type.Object({ actions: Type.Array(actionSchema), next_cursor: nullable(Type.String()) }),
  success(FOUND, { actions: [actionJson(action)], next_cursor: null }),
);

const query = Type.Object(
  {
    actor_id: Type.Optional(idText),
    action: Type.Optional(
      Type.String({
        format: 'action-name',
        description: 'the name of an action, such as charge.refunded or queue.retry',
      }),
    ),
    patient_id: Type.Optional(idText),
    from: Type.Optional(instantText),
    to: Type.Optional(instantText),
    cursor: Type.Optional(
      Type.String({ format: 'action-cursor', description: 'a `next_cursor` of this list' }),
    ),
    limit: limitText(1000, 100),
  },
  { additionalProperties: false },
);

const actionsSchema = {
  operationId: 'actions',
  tags: [ADMINISTRATION],
  summary: 'What administrators did, newest first, as JSON or as CSV',
  description:
    'From `from` on, before `to`. It is kept for ever. Send `Accept: text/csv` for CSV (RFC 4180), with `before` and ' +
    '`after` as JSON; that is an action itself, and recorded. The `Link` header leads to the next page; a text that a ' +
    "spreadsheet would take for a formula begins with '.",
  security: SIGNED_IN,
  querystring: query,
  response: {
    ...responses({}, 'forbidden'),
    200: {
      ...jsonOrCsv(FOUND, page, actionsCsv([action])),
      headers: { link: { type: 'string', description: 'The next page, where there is one' } },
    },
  },
};

/** Who did what. */
export const actionRoutes: FastifyPluginAsyncTypebox<{
  readonly actions: ApiEngine['actions'];
}> = async (app, { actions }) => {
  app.get('/actions', { schema: actionsSchema }, async (request, reply) => {
    const filter = filterOf(request.query);
    const errors = flawsOfPeriod(filter);
    if (errors.length > 0) return reply.send(fail(reply, 'validation_failed', { errors }));
    const isCsv = prefersCsv(request.headers.accept);
    if (isCsv) await recordExport(actions, request, 'actions.exported', filter.patientId);
    const { items, nextCursor } = await actions.page(filter);
    const next = nextCursor === null ? null : actionCursorText(nextCursor);
    reply.header('vary', 'accept');
    if (next !== null) reply.header('link', linkToNext(request.url, next));
    if (!isCsv) return reply.send(success(FOUND, { actions: items.map(actionJson), next_cursor: next }));
    return sendCsv(reply, 'actions.csv', actionsCsv(items));
  });
};

const filterOf = (given: Type.Static<typeof query>): ActionFilter => ({
  actorId: idOrNull(userId, given.actor_id),
  action: given.action !== undefined && isActionName(given.action) ? given.action : null,
  patientId: idOrNull(userId, given.patient_id),
  from: instantOrNull(given.from),
  to: instantOrNull(given.to),
  cursor: given.cursor === undefined ? null : parseActionCursor(given.cursor),
  limit: Number(given.limit),
});
