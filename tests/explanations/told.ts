/** What a receipt and a timeline are made of, read from the tables of the tests as src/storage/records.ts reads it. */
import { sessionOf } from '../../src/billing/account.ts';
import type { SessionId } from '../../src/billing/ids.ts';
import type { Instant } from '../../src/billing/time.ts';
import type { ExplainableSession } from '../../src/sessions/receipt.ts';
import type { LedgerRecord } from '../../src/sessions/records.ts';
import { timelineEntries, type TimelineEntry, explainableSession } from '../../src/sessions/timeline.ts';
import { openUnitOfWork } from '../../src/sessions/unit-of-work.ts';
import { loadedFrom } from '../../tools/kit/memory-database/load.ts';
import type { StoredEntry, Tables } from '../../tools/kit/memory-database/tables.ts';

export interface Told extends ExplainableSession {
  readonly entries: readonly TimelineEntry[];
}

export function toldFrom(tables: Tables, id: SessionId, now: Instant): Told {
  const loaded = loadedFrom(tables, { sessions: [id] }, now, []);
  const { attempt, recorded } = openUnitOfWork(loaded);
  const settled = attempt((work) => work.accountOfSession(id));
  if (settled === null) throw new Error(`there is no session ${id}`);
  const picture = {
    loaded,
    entries: tables.entries.filter(({ entry }) => entry.sessionId === id).map(recordFrom),
    takeBacks: [],
    events: tables.events.filter(({ sessionId }) => sessionId === id),
  };
  const told = explainableSession(sessionOf(settled.account, id), settled, picture, recorded);
  return { ...told, entries: timelineEntries(picture) };
}

export const recordFrom = ({ entry, id, actor, note, recordedAt }: StoredEntry): LedgerRecord => ({
  ...entry,
  id,
  actor,
  note,
  recordedAt,
  doctorId: null,
  appointmentId: null,
  takesBack: null,
});
