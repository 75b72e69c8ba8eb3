import { Type } from 'typebox';
import { grantId, ledgerEntryId, type UserId } from '../../billing/ids.ts';
import type { Outcomes } from '../../sessions/command.ts';
import { callerOf } from '../auth/caller.ts';
import type { Api } from '../api.ts';
import type { Engine } from '../app-options.ts';
import { adjustment, refund as exampleRefund } from '../documentation/ledger-examples.ts';
import { ADMINISTRATION, signedIn } from '../documentation/openapi.ts';
import { responses } from '../documentation/responses.ts';
import { success, successSchema } from '../envelope.ts';
import { refused } from '../errors.ts';
import { idText, note } from '../schemas.ts';
import { ledgerEntryJson, ledgerEntrySchema } from '../answers/ledger.ts';
import { idParams } from './id-params.ts';

/** The same for the first time and for a repeat: whoever lost the answer gets it again. */
const recorded = 'The correction is recorded';

const headers = Type.Object({
  'idempotency-key': Type.String({
    pattern: '^[\\x20-\\x7e]{1,255}$',
    description:
      "1 to 255 printable ASCII characters of the caller's choosing: the same request under the same key is done once",
  }),
});

const MAX_UNITS = 1_000_000;

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
    { 200: successSchema(ledgerEntrySchema, success(recorded, ledgerEntryJson(exampleRefund))) },
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
        minimum: -MAX_UNITS,
        maximum: MAX_UNITS,
        not: { const: 0 },
        description: `an integer from -${MAX_UNITS} to ${MAX_UNITS}, but not 0`,
      }),
      note,
    },
    { additionalProperties: false, examples: [{ units: adjustment.units, note: adjustment.note ?? '' }] },
  ),
  response: responses(
    { 200: successSchema(ledgerEntrySchema, success(recorded, ledgerEntryJson(adjustment))) },
    'forbidden',
    'subscription_not_found',
    'subscription_total_too_low',
    'subscription_units_out_of_bounds',
    'idempotency_key_reused',
  ),
};

/** R15. */
export function corrections(
  api: Api,
  execute: Engine['execute'],
  correction: Engine['reads']['correction'],
): void {
  async function entryOf(admin: UserId, key: string) {
    const entry = await correction(admin, key);
    if (entry === null) throw new Error('a correction was recorded and its entry is not there');
    return success(recorded, ledgerEntryJson(entry));
  }

  api.post('/ledger/:entry_id/refund', { schema: refundSchema }, async (request, reply) => {
    const admin = callerOf(request).userId;
    const idempotencyKey = request.headers['idempotency-key'];
    const entryId = ledgerEntryId(Number(request.params.entry_id));
    const outcome: Outcomes['refund'] = await execute('refund', {
      entryId,
      note: request.body.note,
      admin,
      idempotencyKey,
    });
    return outcome.kind === 'refused' ? refused(reply, outcome) : entryOf(admin, idempotencyKey);
  });

  api.post('/subscriptions/:id/adjustments', { schema: adjustmentSchema }, async (request, reply) => {
    const admin = callerOf(request).userId;
    const idempotencyKey = request.headers['idempotency-key'];
    const outcome: Outcomes['adjust'] = await execute('adjust', {
      grantId: grantId(Number(request.params.id)),
      ...request.body,
      admin,
      idempotencyKey,
    });
    return outcome.kind === 'refused' ? refused(reply, outcome) : entryOf(admin, idempotencyKey);
  });
}
