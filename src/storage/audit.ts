import type { AuditRequest, PageSize, ReadAuditPage } from '../audit/audit.ts';
import type { PrismaClient } from './client.ts';
import { historiesFrom } from './history-document.ts';
import { persistently } from './persistence.ts';
import { readOnly } from './read-only.ts';
import { type AuditedSessionsRow, countAuditedSessions } from './sql/count-audited-sessions.ts';
import { type AuditedAccountRow, type AuditPlace, findAuditedAccounts } from './sql/audit.ts';
import { type HistoriesRow, loadHistories } from './sql/load-histories.ts';

/** How many sessions ended in a period; counts no further than `limit`. */
export const createSessionCounter =
  (client: PrismaClient) =>
  (request: AuditRequest, limit: number): Promise<number> =>
    persistently(async () => {
      const [row] = await client.$queryRaw<AuditedSessionsRow[]>(countAuditedSessions(request, limit));
      return row?.sessions ?? 0;
    });

/** Postgres behind the auditor's port. Each page is one picture; an account is always in one page, whole. */
export const createAuditReader =
  (client: PrismaClient): ReadAuditPage =>
  (request, size, after) =>
    persistently(() =>
      readOnly(client, async (connection) => {
        const found = await connection.$queryRaw<AuditedAccountRow[]>(
          findAuditedAccounts(request, placeFrom(after), size.accounts),
        );
        const accounts = withinEvents(found, size);
        const patients = accounts.map((row) => row.patient_id);
        const [row] = await connection.$queryRaw<HistoriesRow[]>(loadHistories(patients));
        if (row === undefined) throw new Error('the statement for histories answered with no row');
        const last = accounts.at(-1);
        const isLast =
          request.patientId !== null || (accounts.length === found.length && found.length < size.accounts);
        return {
          histories: historiesFrom(row.document, patients),
          next: isLast || last === undefined ? null : `${last.place_ms}_${last.place_id}`,
        };
      }),
    );

/** So many of the accounts as have no more lines than a page may hold; one at least. */
function withinEvents(found: readonly AuditedAccountRow[], size: PageSize): readonly AuditedAccountRow[] {
  let events = 0;
  const tooMany = found.findIndex((row, i) => (events += row.events) > size.events && i > 0);
  return tooMany === -1 ? found : found.slice(0, tooMany);
}

function placeFrom(after: string | null): AuditPlace | null {
  if (after === null) return null;
  const [placeMs = Number.NaN, placeId = Number.NaN] = after.split('_').map(Number);
  return { placeMs, placeId };
}
