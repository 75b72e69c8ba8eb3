import { Type } from 'typebox';
import { MAX_GRANT_UNITS } from '../../billing/corrections.ts';
import { grantId, userId } from '../../billing/ids.ts';
import { callerOf } from '../auth/caller.ts';
import type { Api } from '../api.ts';
import type { Engine } from '../app-options.ts';
import { grant as example } from '../documentation/examples.ts';
import { ADMINISTRATION, signedIn } from '../documentation/openapi.ts';
import { responses } from '../documentation/responses.ts';
import { success, successSchema } from '../envelope.ts';
import { fail, refused } from '../errors.ts';
import { id, instantText, nullable } from '../schemas.ts';
import { grantJson, grantSchema } from '../grant-answer.ts';
import { instantOrNull } from '../rfc3339.ts';
import { idParams } from './id-params.ts';

const stored = 'The subscription is stored';

const { patient_id, sessions_total, starts_at, expires_at } = grantJson(example);

const schema = {
  operationId: 'putSubscription',
  tags: [ADMINISTRATION],
  summary: 'Create or change a subscription',
  description:
    'The same body again changes nothing. Another total is an adjustment by the difference, never below what is used ' +
    'and held. Without `starts_at` a new one is valid from now on; without `expires_at` for ever.',
  security: signedIn,
  params: idParams,
  body: Type.Object(
    {
      patient_id: id,
      sessions_total: Type.Integer({
        minimum: 0,
        maximum: MAX_GRANT_UNITS,
        description: `an integer from 0 to ${MAX_GRANT_UNITS}`,
      }),
      starts_at: Type.Optional(nullable(instantText)),
      expires_at: Type.Optional(nullable(instantText)),
    },
    { additionalProperties: false, examples: [{ patient_id, sessions_total, starts_at, expires_at }] },
  ),
  response: responses(
    { 200: successSchema(grantSchema, success(stored, grantJson(example))) },
    'forbidden',
    'subscription_in_use',
    'subscription_total_too_low',
    'subscription_units_out_of_bounds',
    'subscription_validity_empty',
  ),
};

export function putSubscription(
  api: Api,
  execute: Engine['execute'],
  subscription: Engine['reads']['subscription'],
): void {
  api.put('/subscriptions/:id', { schema }, async (request, reply) => {
    const { body } = request;
    const startsAt = instantOrNull(body.starts_at);
    const expiresAt = instantOrNull(body.expires_at);
    if (startsAt !== null && expiresAt !== null && expiresAt <= startsAt) {
      const errors = [{ field: 'expires_at', message: 'must be later than starts_at' }];
      return fail(reply, 'validation_failed', { errors });
    }
    const grant = grantId(Number(request.params.id));
    const outcome = await execute('putSubscription', {
      grantId: grant,
      patientId: userId(body.patient_id),
      units: body.sessions_total,
      startsAt,
      expiresAt,
      admin: callerOf(request).userId,
    });
    if (outcome.kind === 'refused') return refused(reply, outcome);
    const found = await subscription(grant);
    if (found === null) throw new Error(`subscription ${grant} was stored and is not there`);
    return success(stored, grantJson(found));
  });
}
