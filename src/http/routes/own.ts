import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { OwnAppointment } from '../../sessions/own-appointments.ts';
import type { Page } from '../../sessions/page.ts';
import type { AppointmentCursor } from '../../sessions/records.ts';
import { appointmentFields, appointmentFieldsJson } from '../answers/appointment.ts';
import { balanceAnswer, balanceAnswerSchema } from '../answers/balance.ts';
import { sessionJson, sessionSchema } from '../answers/session.ts';
import type { ApiEngine } from '../app-options.ts';
import { appointmentCursorText, parseAppointmentCursor } from '../cursors.ts';
import { callerOf } from '../auth/caller.ts';
import { balance as exampleBalance, ownAppointments } from '../documentation/examples.ts';
import { responses, SIGNED_IN, TEXT_APPOINTMENTS } from '../documentation/openapi.ts';
import { success, successSchema } from '../envelope.ts';
import { limitText, nullable, oneOf } from '../schemas.ts';

const listAnswer = ({ items, nextCursor }: Page<OwnAppointment, AppointmentCursor>) =>
  success('Your appointments', {
    appointments: items.map(({ appointment, view }) => ({
      ...appointmentFieldsJson(appointment),
      session: view === null ? null : sessionJson(view),
    })),
    next_cursor: nextCursor === null ? null : appointmentCursorText(nextCursor),
  });

const listSchema = {
  operationId: 'listAppointments',
  tags: [TEXT_APPOINTMENTS],
  summary: 'Your own text appointments, as patient or as doctor',
  description:
    '`upcoming`: those that nobody has started, neither cancelled nor completed, by `scheduled_at`. `active` and `ended`: ' +
    'those with such a session, the one that was started last first.',
  security: SIGNED_IN,
  querystring: Type.Object(
    {
      state: oneOf('upcoming', 'active', 'ended'),
      cursor: Type.Optional(
        Type.String({ format: 'appointment-cursor', description: 'the `next_cursor` of the page before' }),
      ),
      limit: limitText(200, 50),
    },
    { additionalProperties: false },
  ),
  response: responses({
    200: successSchema(
      Type.Object({
        appointments: Type.Array(Type.Object({ ...appointmentFields, session: nullable(sessionSchema) })),
        next_cursor: nullable(Type.String()),
      }),
      listAnswer(ownAppointments),
    ),
  }),
};

const ownBalanceSchema = {
  operationId: 'ownBalance',
  tags: [TEXT_APPOINTMENTS],
  summary: 'Your own grants and what is left of them now',
  description: 'Empty where nothing was ever sold to you.',
  security: SIGNED_IN,
  response: responses({ 200: balanceAnswerSchema(exampleBalance) }),
};

/** What an app shows before an appointment is opened: the caller's own appointments and units. */
export const ownRoutes: FastifyPluginAsyncTypebox<{
  readonly engine: Pick<ApiEngine, 'reads'>;
}> = async (app, { engine: { reads } }) => {
  app.get('/text-appointments', { schema: listSchema }, (request) => {
    const { state, cursor, limit } = request.query;
    const filter = {
      state,
      caller: callerOf(request).userId,
      cursor: cursor === undefined ? null : parseAppointmentCursor(cursor),
      limit: Number(limit),
    };
    return reads.appointments(filter).then(listAnswer);
  });

  app.get('/balance', { schema: ownBalanceSchema }, (request) =>
    reads.ownBalance(callerOf(request).userId).then(balanceAnswer),
  );
};
