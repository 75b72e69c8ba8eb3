import { Type } from 'typebox';
import { sessionId, userId } from '../../billing/ids.ts';
import type { SessionRecord } from '../../sessions/reads.ts';
import type { Api } from '../api.ts';
import type { Engine } from '../app-options.ts';
import { afterTheEnd } from '../documentation/examples.ts';
import { ADMINISTRATION, signedIn } from '../documentation/openapi.ts';
import { responses } from '../documentation/responses.ts';
import { success, successSchema } from '../envelope.ts';
import { id, idText, instant, limitText, nullable, oneOf } from '../schemas.ts';
import { rfc3339OrNull } from '../rfc3339.ts';
import { sessionFactFields, sessionFactsJson } from '../answers/session.ts';
import { idOrNull } from './optional-id.ts';

const found = 'Sessions, newest first';

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
  endRecordedAt: afterTheEnd.now,
};

const schema = {
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
        success(found, { sessions: [recordJson(example)], next_cursor: null }),
      ),
    },
    'forbidden',
  ),
};

export function listSessions(api: Api, sessions: Engine['reads']['sessions']): void {
  // oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Fastify awaits its handlers, unlike Express
  api.get('/sessions', { schema }, async (request) => {
    const { status, patient_id, doctor_id, cursor, limit } = request.query;
    const page = await sessions({
      status: status ?? null,
      patientId: idOrNull(userId, patient_id),
      doctorId: idOrNull(userId, doctor_id),
      cursor: idOrNull(sessionId, cursor),
      limit: Number(limit),
    });
    return success(found, { sessions: page.items.map(recordJson), next_cursor: page.nextCursor });
  });
}
