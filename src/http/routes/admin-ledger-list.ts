import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { ledgerEntryId, sessionId, userId } from '../../billing/ids.ts';
import type { LedgerFilter } from '../../sessions/console-store.ts';
import { ledgerCsv, ledgerEntryJson, ledgerEntrySchema, ledgerPageSchema } from '../answers/ledger.ts';
import type { ApiEngine } from '../app-options.ts';
import { jsonOrCsv, linkToNext, prefersCsv, sendCsv } from '../csv.ts';
import { charges } from '../documentation/examples.ts';
import { ADMINISTRATION, responses, SIGNED_IN } from '../documentation/openapi.ts';
import { success, successSchema } from '../envelope.ts';
import { fail, refused } from '../errors.ts';
import { ledgerCursorJson, ledgerCursorText, parseLedgerCursor } from '../cursors.ts';
import { flawsOfPeriod } from '../period.ts';
import { recordExport } from '../record-action.ts';
import { instantOrNull } from '../rfc3339.ts';
import { idOrNull, idText, instantText, limitText } from '../schemas.ts';

const FOUND = 'Entries of the ledger, oldest first';

const page = successSchema(
  ledgerPageSchema,
  success(FOUND, { entries: charges.map(ledgerEntryJson), next_cursor: null }),
);

const query = Type.Object(
  {
    patient_id: Type.Optional(idText),
    doctor_id: Type.Optional(idText),
    session_id: Type.Optional(idText),
    from: Type.Optional(instantText),
    to: Type.Optional(instantText),
    cursor: Type.Optional(
      Type.String({
        format: 'ledger-cursor',
        description: 'the `next_cursor` of the page before, or the number of an entry',
      }),
    ),
    limit: limitText(1000, 100),
  },
  { additionalProperties: false },
);

const ledgerSchema = {
  operationId: 'ledger',
  tags: [ADMINISTRATION],
  summary: 'Entries of the ledger, oldest first, as JSON or as CSV',
  description:
    'With `from` or `to`: the entries that were due from `from` on and before `to`, in the order in which they were due. ' +
    'Without: in the order of their numbers, and the number of the last one that you read is the `cursor` of your next ' +
    'visit: no entry ever comes before it. Send `Accept: text/csv` for CSV (RFC 4180). ' +
    "The `Link` header leads to the next page; a text that a spreadsheet would take for a formula begins with '.",
  security: SIGNED_IN,
  querystring: query,
  response: {
    ...responses({}, 'forbidden'),
    200: {
      ...jsonOrCsv(FOUND, page, ledgerCsv(charges)),
      headers: { link: { type: 'string', description: 'The next page, where there is one' } },
    },
  },
};

const entryAnswer = (entry: Parameters<typeof ledgerEntryJson>[0]) =>
  success('One entry of the ledger', ledgerEntryJson(entry));

const [exampleEntry] = charges.slice(-1);
const entrySchema = {
  operationId: 'ledgerEntry',
  tags: [ADMINISTRATION],
  summary: 'One entry of the ledger',
  security: SIGNED_IN,
  params: Type.Object({ entry_id: idText }),
  response: responses(
    {
      200: successSchema(
        ledgerEntrySchema,
        ...(exampleEntry === undefined ? [] : [entryAnswer(exampleEntry)]),
      ),
    },
    'forbidden',
    'entry_not_found',
  ),
};

/** R14: the ledger, as it is. */
export const ledgerRoutes: FastifyPluginAsyncTypebox<{
  readonly engine: Pick<ApiEngine, 'reads' | 'actions'>;
}> = async (app, { engine: { reads, actions } }) => {
  app.get('/ledger', { schema: ledgerSchema }, async (request, reply) => {
    const filter = filterOf(request.query);
    const errors = flawsOfPeriod(filter);
    if (errors.length > 0) return reply.send(fail(reply, 'validation_failed', { errors }));
    const isCsv = prefersCsv(request.headers.accept);
    if (isCsv) await recordExport(actions, request, 'ledger.exported', filter.patientId);
    const { items, nextCursor } = await reads.ledger(filter);
    reply.header('vary', 'accept');
    if (nextCursor !== null) reply.header('link', linkToNext(request.url, ledgerCursorText(nextCursor)));
    if (!isCsv) {
      const next = nextCursor === null ? null : ledgerCursorJson(nextCursor);
      return reply.send(success(FOUND, { entries: items.map(ledgerEntryJson), next_cursor: next }));
    }
    return sendCsv(reply, 'ledger.csv', ledgerCsv(items));
  });

  app.get('/ledger/:entry_id', { schema: entrySchema }, async (request, reply) => {
    const found = await reads.entry(ledgerEntryId(Number(request.params.entry_id)));
    return found === null ? refused(reply, { kind: 'refused', code: 'entry_not_found' }) : entryAnswer(found);
  });
};

const filterOf = (given: Type.Static<typeof query>): LedgerFilter => ({
  patientId: idOrNull(userId, given.patient_id),
  doctorId: idOrNull(userId, given.doctor_id),
  sessionId: idOrNull(sessionId, given.session_id),
  from: instantOrNull(given.from),
  to: instantOrNull(given.to),
  cursor: given.cursor === undefined ? null : parseLedgerCursor(given.cursor),
  limit: Number(given.limit),
});
