import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { MAX_GRANT_UNITS } from '../../billing/corrections.ts';
import { grantId, ledgerEntryId, type UserId } from '../../billing/ids.ts';
import { ledgerEntryJson, ledgerEntrySchema } from '../answers/ledger.ts';
import type { ApiEngine } from '../app-options.ts';
import { callerOf } from '../auth/caller.ts';
import { adjustment, refund as exampleRefund } from '../documentation/examples.ts';
import { ADMINISTRATION, responses, signedIn } from '../documentation/openapi.ts';
import { success, successSchema } from '../envelope.ts';
import { refused } from '../errors.ts';
import { idParams, idText, note } from '../schemas.ts';

/** The same for the first time and for a repeat: a caller who lost the answer gets it again. */
const RECORDED = 'The correction is recorded';

const headers = Type.Object({
  'idempotency-key': Type.String({
    pattern: '^[\\x20-\\x7e]{1,255}$',
    description:
      "1 to 255 printable ASCII characters of the caller's choosing: the same request under the same key is done once",
  }),
});

const refundSchema = {
  operationId: 'refundCharge',
  tags: [ADMINISTRATION],
  summary: 'Give a charge back, once, to the grant it came from',
  security: signedIn,
  headers,
  params: Type.Object({ entry_id: idText }),
  body: Type.Object(
    { note },
    { additionalProperties: false, examples: [{ note: exampleRefund.note ?? '' }] },
  ),
  response: responses(
    { 200: successSchema(ledgerEntrySchema, success(RECORDED, ledgerEntryJson(exampleRefund))) },
    'forbidden',
    'entry_not_found',
    'not_a_charge',
    'already_refunded',
    'idempotency_key_reused',
  ),
};

const adjustmentSchema = {
  operationId: 'adjustSubscription',
  tags: [ADMINISTRATION],
  summary: 'Add units to a subscription, or take some away',
  security: signedIn,
  headers,
  params: idParams,
  body: Type.Object(
    {
      units: Type.Integer({
        minimum: -MAX_GRANT_UNITS,
        maximum: MAX_GRANT_UNITS,
        not: { const: 0 },
        description: `an integer from -${MAX_GRANT_UNITS} to ${MAX_GRANT_UNITS}, but not 0`,
      }),
      note,
    },
    { additionalProperties: false, examples: [{ units: adjustment.units, note: adjustment.note ?? '' }] },
  ),
  response: responses(
    { 200: successSchema(ledgerEntrySchema, success(RECORDED, ledgerEntryJson(adjustment))) },
    'forbidden',
    'subscription_not_found',
    'subscription_total_too_low',
    'subscription_units_out_of_bounds',
    'idempotency_key_reused',
  ),
};

/** R15: the ways in which an admin corrects the ledger. */
export const correctionRoutes: FastifyPluginAsyncTypebox<{
  readonly engine: Pick<ApiEngine, 'execute' | 'reads'>;
}> = async (app, { engine: { execute, reads } }) => {
  async function correctionAnswer(admin: UserId, key: string) {
    const entry = await reads.correction(admin, key);
    if (entry === null) throw new Error('a correction was recorded and its entry is not there');
    return success(RECORDED, ledgerEntryJson(entry));
  }

  app.post('/ledger/:entry_id/refund', { schema: refundSchema }, async (request, reply) => {
    const admin = callerOf(request).userId;
    const idempotencyKey = request.headers['idempotency-key'];
    const outcome = await execute('refund', {
      entryId: ledgerEntryId(Number(request.params.entry_id)),
      note: request.body.note,
      admin,
      idempotencyKey,
    });
    return outcome.kind === 'refused' ? refused(reply, outcome) : correctionAnswer(admin, idempotencyKey);
  });

  app.post('/subscriptions/:id/adjustments', { schema: adjustmentSchema }, async (request, reply) => {
    const admin = callerOf(request).userId;
    const idempotencyKey = request.headers['idempotency-key'];
    const outcome = await execute('adjust', {
      grantId: grantId(Number(request.params.id)),
      ...request.body,
      admin,
      idempotencyKey,
    });
    return outcome.kind === 'refused' ? refused(reply, outcome) : correctionAnswer(admin, idempotencyKey);
  });
};
