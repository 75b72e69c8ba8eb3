import { Type } from 'typebox';
import { ledgerEntryId, userId } from '../../billing/ids.ts';
import type { LedgerFilter } from '../../sessions/reads.ts';
import type { Api } from '../api.ts';
import type { Engine } from '../app-options.ts';
import { charges } from '../documentation/ledger-examples.ts';
import { ADMINISTRATION, signedIn } from '../documentation/openapi.ts';
import { responses } from '../documentation/responses.ts';
import { success, successSchema } from '../envelope.ts';
import { fail } from '../errors.ts';
import { id, idText, instantText, limitText, nullable } from '../schemas.ts';
import { ledgerEntryJson, ledgerEntrySchema } from '../answers/ledger.ts';
import { instantOrNull } from '../rfc3339.ts';
import { ledgerCsv } from '../csv.ts';
import { idOrNull } from '../admin/optional-id.ts';
import { prefersCsv } from '../admin/prefers-csv.ts';

const found = 'Entries of the ledger, oldest first';

const page = successSchema(
  Type.Object({ entries: Type.Array(ledgerEntrySchema), next_cursor: nullable(id) }),
  success(found, { entries: charges.map(ledgerEntryJson), next_cursor: null }),
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

const schema = {
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
      description: found,
      headers: { link: { type: 'string', description: 'The next page, where there is one' } },
      content: {
        'application/json': { schema: page },
        'text/csv': { schema: { type: 'string', examples: [ledgerCsv(charges)] } },
      },
    },
  },
};

export function ledger(api: Api, read: Engine['reads']['ledger']): void {
  api.get('/ledger', { schema }, async (request, reply) => {
    const filter = filterOf(request.query);
    if (filter.from !== null && filter.to !== null && filter.to <= filter.from) {
      const errors = [{ field: 'to', message: 'must be later than from' }];
      return reply.send(fail(reply, 'validation_failed', { errors }));
    }
    const { items, nextCursor } = await read(filter);
    reply.header('vary', 'accept');
    if (nextCursor !== null) reply.header('link', linkToNext(request.url, nextCursor));
    if (!prefersCsv(request.headers.accept))
      return reply.send(success(found, { entries: items.map(ledgerEntryJson), next_cursor: nextCursor }));
    return reply
      .type('text/csv; charset=utf-8; header=present')
      .header('content-disposition', 'attachment; filename="ledger.csv"')
      .send(ledgerCsv(items));
  });
}

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
