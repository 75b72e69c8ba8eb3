import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { appointmentId, sessionId, type SessionId, userId } from '../../billing/ids.ts';
import type { SessionRecord } from '../../sessions/console-reads.ts';
import type { SessionFilter } from '../../sessions/console-store.ts';
import type { Page } from '../../sessions/page.ts';
import { endReason } from '../answers/session.ts';
import { sessionListSchema, sessionRecordJson } from '../answers/session-list.ts';
import type { ApiEngine } from '../app-options.ts';
import { sessionRecord } from '../documentation/console-examples.ts';
import { ADMINISTRATION, responses, SIGNED_IN } from '../documentation/openapi.ts';
import { success, successSchema } from '../envelope.ts';
import { fail } from '../errors.ts';
import { flawsOfPeriod } from '../period.ts';
import { instantOrNull } from '../rfc3339.ts';
import { idOrNull, idText, instantText, limitText, oneOf } from '../schemas.ts';

const listAnswer = ({ items, nextCursor }: Page<SessionRecord, SessionId>) =>
  success('Sessions, those that started last first', {
    sessions: items.map(sessionRecordJson),
    next_cursor: nextCursor,
  });

const query = Type.Object(
  {
    status: Type.Optional(oneOf('active', 'ended')),
    end_reason: Type.Optional(endReason),
    patient_id: Type.Optional(idText),
    doctor_id: Type.Optional(idText),
    appointment_id: Type.Optional(idText),
    from: Type.Optional(instantText),
    to: Type.Optional(instantText),
    cursor: Type.Optional(idText),
    limit: limitText(200, 50),
  },
  { additionalProperties: false },
);

const listSchema = {
  operationId: 'listSessions',
  tags: [ADMINISTRATION],
  summary: 'Sessions, those that started last first',
  description:
    'Those that started from `from` on and before `to`. As they are stored: a deadline that passed a moment ago may not ' +
    'have been applied yet. Ask again with `cursor` = `next_cursor` for the next page.',
  security: SIGNED_IN,
  querystring: query,
  response: responses(
    { 200: successSchema(sessionListSchema, listAnswer({ items: [sessionRecord], nextCursor: null })) },
    'forbidden',
  ),
};

/** The list of sessions, for the console. */
export const sessionListRoutes: FastifyPluginAsyncTypebox<{
  readonly engine: Pick<ApiEngine, 'reads'>;
}> = async (app, { engine: { reads } }) => {
  // oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Fastify awaits its handlers, unlike Express
  app.get('/sessions', { schema: listSchema }, async (request, reply) => {
    const filter = filterOf(request.query);
    const errors = flawsOfPeriod(filter);
    return errors.length > 0
      ? fail(reply, 'validation_failed', { errors })
      : listAnswer(await reads.sessions(filter));
  });
};

const filterOf = (given: Type.Static<typeof query>): SessionFilter => ({
  status: given.status ?? null,
  endReason: given.end_reason ?? null,
  patientId: idOrNull(userId, given.patient_id),
  doctorId: idOrNull(userId, given.doctor_id),
  appointmentId: idOrNull(appointmentId, given.appointment_id),
  from: instantOrNull(given.from),
  to: instantOrNull(given.to),
  cursor: idOrNull(sessionId, given.cursor),
  limit: Number(given.limit),
});
