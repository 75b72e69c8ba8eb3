import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { MAX_GRANT_UNITS } from '../../billing/corrections.ts';
import { grantId, ledgerEntryId, userId, type UserId } from '../../billing/ids.ts';
import type { LedgerFilter } from '../../sessions/records.ts';
import { ledgerCsv, ledgerEntryJson, ledgerEntrySchema } from '../answers/ledger.ts';
import type { ApiEngine } from '../app-options.ts';
import { callerOf } from '../auth/caller.ts';
import { prefersCsv } from '../csv.ts';
import { adjustment, charges, refund as exampleRefund } from '../documentation/examples.ts';
import { ADMINISTRATION, responses, signedIn } from '../documentation/openapi.ts';
import { success, successSchema } from '../envelope.ts';
import { fail, refused } from '../errors.ts';
import { instantOrNull } from '../rfc3339.ts';
import { id, idOrNull, idParams, idText, instantText, limitText, note, nullable } from '../schemas.ts';

const FOUND = 'Entries of the ledger, oldest first';

const page = successSchema(
  Type.Object({ entries: Type.Array(ledgerEntrySchema), next_cursor: nullable(id) }),
  success(FOUND, { entries: charges.map(ledgerEntryJson), next_cursor: null }),
);

const query = Type.Object(
  {
    patient_id: Type.Optional(idText),
    doctor_id: Type.Optional(idText),
    from: Type.Optional(instantText),
    to: Type.Optional(instantText),
    cursor: Type.Optional(idText),
    limit: limitText(1000, 100),
  },
  { additionalProperties: false },
);

const ledgerSchema = {
  operationId: 'ledger',
  tags: [ADMINISTRATION],
  summary: 'Entries of the ledger, oldest first, as JSON or as CSV',
  description:
    'By the time at which an entry was due: from `from` on, before `to`. Send `Accept: text/csv` for CSV (RFC 4180). ' +
    "The `Link` header leads to the next page; a text that a spreadsheet would take for a formula begins with '.",
  security: signedIn,
  querystring: query,
  response: {
    ...responses({}, 'forbidden'),
    200: {
      description: FOUND,
      headers: { link: { type: 'string', description: 'The next page, where there is one' } },
      content: {
        'application/json': { schema: page },
        'text/csv': { schema: { type: 'string', examples: [ledgerCsv(charges)] } },
      },
    },
  },
};

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

/** R14 and R15: the ledger, and the two ways in which an admin corrects it. */
export const ledgerRoutes: FastifyPluginAsyncTypebox<{
  readonly engine: Pick<ApiEngine, 'execute' | 'reads'>;
}> = async (app, { engine: { execute, reads } }) => {
  async function correctionAnswer(admin: UserId, key: string) {
    const entry = await reads.correction(admin, key);
    if (entry === null) throw new Error('a correction was recorded and its entry is not there');
    return success(RECORDED, ledgerEntryJson(entry));
  }

  app.get('/ledger', { schema: ledgerSchema }, async (request, reply) => {
    const filter = filterOf(request.query);
    if (filter.from !== null && filter.to !== null && filter.to <= filter.from) {
      const errors = [{ field: 'to', message: 'must be later than from' }];
      return reply.send(fail(reply, 'validation_failed', { errors }));
    }
    const { items, nextCursor } = await reads.ledger(filter);
    reply.header('vary', 'accept');
    if (nextCursor !== null) reply.header('link', linkToNext(request.url, nextCursor));
    if (!prefersCsv(request.headers.accept))
      return reply.send(success(FOUND, { entries: items.map(ledgerEntryJson), next_cursor: nextCursor }));
    return reply
      .type('text/csv; charset=utf-8; header=present')
      .header('content-disposition', 'attachment; filename="ledger.csv"')
      .send(ledgerCsv(items));
  });

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

const filterOf = (given: Type.Static<typeof query>): LedgerFilter => ({
  patientId: idOrNull(userId, given.patient_id),
  doctorId: idOrNull(userId, given.doctor_id),
  from: instantOrNull(given.from),
  to: instantOrNull(given.to),
  cursor: idOrNull(ledgerEntryId, given.cursor),
  limit: Number(given.limit),
});

/** Relative, so that it holds behind any proxy. */
function linkToNext(url: string, cursor: number): string {
  const next = new URLSearchParams(url.split('?')[1]);
  next.set('cursor', String(cursor));
  return `<?${next.toString()}>; rel="next"`;
}
