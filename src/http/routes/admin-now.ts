import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Now } from '../../watch/now.ts';
import { nowJson, nowSchema } from '../answers/now.ts';
import { exampleNow } from '../documentation/now-example.ts';
import { ADMINISTRATION, responses, SIGNED_IN } from '../documentation/openapi.ts';
import { success, successSchema } from '../envelope.ts';

const nowAnswer = (now: Now) =>
  success(now.problems.length === 0 ? 'All is well' : 'Something is wrong', nowJson(now));

const nowRouteSchema = {
  operationId: 'now',
  tags: [ADMINISTRATION],
  summary: 'Whether all is well, and where it is not, what to do',
  description:
    'Answers also while the database or the queue is away, within about 2 s: what could not be read is null, and ' +
    '`problems` says why. An answer may be a second old: each process asks once a second, however many ask it.',
  security: SIGNED_IN,
  response: responses({ 200: successSchema(nowSchema, nowAnswer(exampleNow)) }, 'forbidden'),
};

/** Asked every two seconds by each open page, so a good answer is not worth a line in the log. */
const UNLOGGED = { logLevel: 'warn', config: { isPolledByPages: true } } as const;

export const nowRoutes: FastifyPluginAsyncTypebox<{ readonly now: () => Promise<Now> }> = async (
  app,
  { now },
) => {
  app.get('/now', { schema: nowRouteSchema, ...UNLOGGED }, async () => nowAnswer(await now()));
};
