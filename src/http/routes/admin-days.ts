import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { userId } from '../../billing/ids.ts';
import type { Instant } from '../../billing/time.ts';
import { type Day, dayJson, daysCsv, daysSchema, historyJson, historySchema } from '../answers/days.ts';
import type { ApiEngine } from '../app-options.ts';
import { addDays, type Calendar, calendarOf, countDays } from '../calendar.ts';
import { jsonOrCsv, prefersCsv, sendCsv } from '../csv.ts';
import { dayFigures, history as exampleHistory } from '../documentation/console-examples.ts';
import { ADMINISTRATION, responses, SIGNED_IN } from '../documentation/openapi.ts';
import { type FieldError, success, successSchema } from '../envelope.ts';
import { fail } from '../errors.ts';
import { dateText, idOrNull, idParams, idText, timeZone } from '../schemas.ts';

const MAX_DAYS = 31;
const USUAL_DAYS = 7;
const MAX_POINTS = 2_000;

const daysAnswer = (days: readonly Day[]) =>
  success('The days, the first one first', { days: days.map(dayJson) });

const EXAMPLE: readonly Day[] = [{ date: '2026-11-22', figures: dayFigures }];

const daysRequest = {
  operationId: 'days',
  tags: [ADMINISTRATION],
  summary: 'What each day brought: sessions and units, as JSON or as CSV',
  description:
    `By when it was due, in the days of \`time_zone\`: from \`from\` to \`to\`, both included, at most ${MAX_DAYS}; the last ` +
    `${USUAL_DAYS} where nothing is said. Send \`Accept: text/csv\` for CSV (RFC 4180).`,
  security: SIGNED_IN,
  querystring: Type.Object(
    {
      from: Type.Optional(dateText),
      to: Type.Optional(dateText),
      doctor_id: Type.Optional(idText),
      time_zone: Type.Optional(timeZone),
    },
    { additionalProperties: false },
  ),
  response: {
    ...responses({}, 'forbidden'),
    200: jsonOrCsv(
      'The days, the first one first',
      successSchema(daysSchema, daysAnswer(EXAMPLE)),
      daysCsv(EXAMPLE),
    ),
  },
};

const historyAnswer = (points: Parameters<typeof historyJson>[0]) =>
  success('What each grant held after each entry, oldest first', historyJson(points));

const historyRequest = {
  operationId: 'balanceHistory',
  tags: [ADMINISTRATION],
  summary: "How a patient's grants went up and down",
  description: `The newest ${MAX_POINTS} entries, the oldest of them first.`,
  security: SIGNED_IN,
  params: idParams,
  response: responses(
    { 200: successSchema(historySchema, historyAnswer(exampleHistory)) },
    'forbidden',
    'patient_not_found',
  ),
};

/** Figures a day for the clinic's managers, and the curve of a patient's balance. */
export const dayRoutes: FastifyPluginAsyncTypebox<{
  readonly engine: Pick<ApiEngine, 'reads'>;
}> = async (app, { engine: { reads } }) => {
  app.get('/days', { schema: daysRequest }, async (request, reply) => {
    const { from, to, doctor_id, time_zone = 'UTC' } = request.query;
    const calendar = calendarOf(time_zone);
    const last = to ?? calendar.dateOf(await reads.now());
    const first = from ?? addDays(last, 1 - USUAL_DAYS);
    const errors = flawsOf(first, last);
    if (errors.length > 0) return reply.send(fail(reply, 'validation_failed', { errors }));
    const dates = Array.from({ length: countDays(first, last) }, (_, index) => addDays(first, index));
    const figures = await reads.days(periodsOf(dates, calendar), idOrNull(userId, doctor_id));
    const days = dates.flatMap((date, index) => {
      const found = figures[index];
      return found === undefined ? [] : [{ date, figures: found }];
    });
    reply.header('vary', 'accept');
    if (!prefersCsv(request.headers.accept)) return reply.send(daysAnswer(days));
    return sendCsv(reply, 'days.csv', daysCsv(days));
  });

  app.get('/patients/:id/history', { schema: historyRequest }, async (request, reply) => {
    const found = await reads.history(userId(Number(request.params.id)), MAX_POINTS);
    return found === null ? fail(reply, 'patient_not_found') : historyAnswer(found);
  });
};

function flawsOf(from: string, to: string): FieldError[] {
  const days = countDays(from, to);
  if (days < 1) return [{ field: 'to', message: 'must not be earlier than from' }];
  return days > MAX_DAYS
    ? [{ field: 'to', message: `must be one of the ${MAX_DAYS} days that begin with from` }]
    : [];
}

/** From midnight to midnight, or to the first instant of a date that has no midnight. */
function periodsOf(dates: readonly string[], { startOf }: Calendar) {
  const starts: Instant[] = dates.map(startOf);
  return dates.map((date, index) => ({
    from: starts[index] ?? startOf(date),
    to: starts[index + 1] ?? startOf(addDays(date, 1)),
  }));
}
