/** What the auditor would read of the database of the tests. */
import type { AccountHistory, StoredEntry, StoredEvent, StoredSession } from '../../src/audit/history.ts';
import type { SessionEvent } from '../../src/sessions/store.ts';
import type { Tables } from '../../tools/kit/memory-database/tables.ts';

export function historiesOf(tables: Tables): readonly AccountHistory[] {
  return [...tables.accounts].map((patientId) => {
    const sessions = [...tables.sessions.values()].filter(({ session }) => session.patientId === patientId);
    const ids = new Set<number>(sessions.map(({ session }) => session.id));
    return {
      patientId,
      lowBalanceSince: 0,
      grants: [...tables.grants.values()]
        .filter((grant) => grant.patientId === patientId)
        .map((grant) => Object.assign({ grantId: grant.id }, grant)),
      sessions: sessions.map(storedSession),
      entries: tables.entries.filter(({ entry }) => entry.patientId === patientId).map(storedEntry),
      events: tables.events
        .filter(({ sessionId }) => ids.has(sessionId))
        .map(storedEvent)
        .sort((a, b) => a.sessionId - b.sessionId || a.eventNo - b.eventNo),
    };
  });
}

type SessionRow = Tables['sessions'] extends ReadonlyMap<unknown, infer Row> ? Row : never;

function storedSession({ session, eventCount, messageCount, endRecordedAt }: SessionRow): StoredSession {
  const active = session.state === 'active' ? session : null;
  const ended = session.state === 'ended' ? session : null;
  return {
    ...session,
    sessionId: session.id,
    isActive: active !== null,
    sessionsUsed: session.unitsUsed,
    eventCount,
    messageCount,
    endRecordedAt,
    blockNo: active?.blocksCompleted ?? 0,
    heldOn: active?.heldOn ?? null,
    endedAt: ended?.endedAt ?? null,
    endUnits: ended?.endUnits ?? null,
    endReason: ended?.endReason ?? null,
  };
}

const storedEntry = ({ id, entry, recordedAt }: Tables['entries'][number]): StoredEntry => ({
  ...entry,
  entryId: id,
  recordedAt,
  details:
    entry.terms === null
      ? null
      : { starts_at_ms: entry.terms.startsAt, expires_at_ms: entry.terms.expiresAt },
});

const storedEvent = ({ actor, ...event }: SessionEvent): StoredEvent => ({
  ...event,
  actorRole: actor.role,
});
