import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { MAX_GRANT_UNITS } from '../../billing/corrections.ts';
import { grantId, ledgerEntryId } from '../../billing/ids.ts';
import type { Commands } from '../../sessions/commands.ts';
import type { Effect } from '../../sessions/effect.ts';
import type { Previewed } from '../../sessions/preview.ts';
import { ledgerEntryJson, ledgerEntrySchema } from '../answers/ledger.ts';
import type { ApiEngine } from '../app-options.ts';
import { adjustmentEffect, refundEffect, takeBack, takeBackEffect } from '../documentation/act-examples.ts';
import { adjustment, refund as exampleRefund } from '../documentation/examples.ts';
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
import { idParams, idText, noteOrEmpty } from '../schemas.ts';

/** The same for the first time and for a repeat: a caller who lost the answer gets it again. */
const RECORDED = 'The correction is recorded';

const headers = Type.Object({
  'idempotency-key': Type.String({
    pattern: '^[\\x20-\\x7e]{1,255}$',
    description:
      "1 to 255 printable ASCII characters of the caller's choosing: the same request under the same key is done once",
  }),
  'if-match': ifMatch,
});

const answerSchema = (entry: typeof exampleRefund, effect: Effect) =>
  successSchema(
    Type.Union([ledgerEntrySchema, previewSchema]),
    success(RECORDED, ledgerEntryJson(entry)),
    previewAnswer(effect),
  );

const common = {
  tags: [ADMINISTRATION],
  description: PREVIEW_DESCRIPTION,
  security: SIGNED_IN,
  headers,
  querystring: previewQuery,
};

const refundSchema = {
  ...common,
  operationId: 'refundCharge',
  summary: 'Give a charge back, once, to the grant it came from',
  params: Type.Object({ entry_id: idText }),
  body: Type.Object(
    { note: noteOrEmpty },
    { additionalProperties: false, examples: [{ note: exampleRefund.note ?? '' }] },
  ),
  response: responses(
    { 200: answerSchema(exampleRefund, refundEffect) },
    'forbidden',
    'entry_not_found',
    'not_a_charge',
    'already_refunded',
    'idempotency_key_reused',
    'effect_changed',
  ),
};

const takeBackSchema = {
  ...common,
  operationId: 'takeBackRefund',
  summary: 'Take a refund back, once, from the grant to which it was given',
  description: `Refused where its unit was used meanwhile. ${PREVIEW_DESCRIPTION}`,
  params: Type.Object({ refund_id: idText }),
  body: Type.Object(
    { note: noteOrEmpty },
    { additionalProperties: false, examples: [{ note: takeBack.note ?? '' }] },
  ),
  response: responses(
    { 200: answerSchema(takeBack, takeBackEffect) },
    'forbidden',
    'entry_not_found',
    'not_a_refund',
    'already_taken_back',
    'subscription_total_too_low',
    'idempotency_key_reused',
    'effect_changed',
  ),
};

const adjustmentSchema = {
  ...common,
  operationId: 'adjustSubscription',
  summary: 'Add units to a subscription, or take some away',
  params: idParams,
  body: Type.Object(
    {
      units: Type.Integer({
        minimum: -MAX_GRANT_UNITS,
        maximum: MAX_GRANT_UNITS,
        not: { const: 0 },
        description: `an integer from -${MAX_GRANT_UNITS} to ${MAX_GRANT_UNITS}, but not 0`,
      }),
      note: noteOrEmpty,
    },
    { additionalProperties: false, examples: [{ units: adjustment.units, note: adjustment.note ?? '' }] },
  ),
  response: responses(
    { 200: answerSchema(adjustment, adjustmentEffect) },
    'forbidden',
    'subscription_not_found',
    'subscription_total_too_low',
    'subscription_units_out_of_bounds',
    'idempotency_key_reused',
    'effect_changed',
  ),
};

/** R15: the ways in which an admin corrects the ledger. */
export const correctionRoutes: FastifyPluginAsyncTypebox<{
  readonly engine: Pick<ApiEngine, 'execute' | 'preview' | 'reads'>;
}> = async (app, { engine: { execute, preview, reads } }) => {
  async function answerTo<K extends Exclude<Previewed, 'endByAdmin'>>(
    kind: K,
    command: Commands[K],
    isOnlyAPreview: boolean,
    reply: FastifyReply,
  ) {
    const outcome = await (isOnlyAPreview ? preview(kind, command) : execute(kind, command));
    switch (outcome.kind) {
      case 'refused':
        return refused(reply, outcome);
      case 'effect_changed':
        return effectChanged(reply, outcome.effect);
      case 'recorded':
        return isOnlyAPreview ? effectAnswer(reply, outcome.effect) : entryAnswer(command);
      case 'recorded_before':
        return entryAnswer(command);
    }
  }

  async function entryAnswer({
    admin,
    idempotencyKey,
  }: Pick<Commands['refund'], 'admin' | 'idempotencyKey'>) {
    const entry = await reads.correction(admin, idempotencyKey);
    if (entry === null) throw new Error('a correction was recorded and its entry is not there');
    return success(RECORDED, ledgerEntryJson(entry));
  }

  app.post('/ledger/:entry_id/refund', { schema: refundSchema }, async (request, reply) => {
    const command = {
      entryId: ledgerEntryId(Number(request.params.entry_id)),
      note: request.body.note,
      idempotencyKey: request.headers['idempotency-key'],
      ...confirmedBy(request),
    };
    return lacksNote(request, reply) ?? answerTo('refund', command, isPreview(request), reply);
  });

  app.post('/ledger/:refund_id/take-back', { schema: takeBackSchema }, async (request, reply) => {
    const command = {
      entryId: ledgerEntryId(Number(request.params.refund_id)),
      note: request.body.note,
      idempotencyKey: request.headers['idempotency-key'],
      ...confirmedBy(request),
    };
    return lacksNote(request, reply) ?? answerTo('takeBack', command, isPreview(request), reply);
  });

  app.post('/subscriptions/:id/adjustments', { schema: adjustmentSchema }, async (request, reply) => {
    const command = {
      grantId: grantId(Number(request.params.id)),
      ...request.body,
      idempotencyKey: request.headers['idempotency-key'],
      ...confirmedBy(request),
    };
    return lacksNote(request, reply) ?? answerTo('adjust', command, isPreview(request), reply);
  });
};
