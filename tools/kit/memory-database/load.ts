/** What a command sees, read from the tables of the tests as src/storage/sql/load.ts reads it. */
import type { Account, ActiveSession, Grant, Session } from '../../../src/billing/account.ts';
import type { CorrectableEntry, Undone } from '../../../src/billing/corrections.ts';
import type { PatientId, SessionId } from '../../../src/billing/ids.ts';
import type { Instant } from '../../../src/billing/time.ts';
import type { Loaded, Needs, RecordedCorrection, SessionCounters } from '../../../src/sessions/store.ts';
import { standingCharges, type StoredEntry, type StoredSession, type Tables } from './tables.ts';

export function loadedFrom(
  tables: Tables,
  needs: Needs,
  now: Instant,
  newSessionIds: readonly SessionId[],
  /** The patients whose accounts are locked; a read without locks sees all that the needs name. */
  patients: readonly PatientId[] = patientsOf(tables, needs),
): Loaded {
  const entries = entriesOf(tables, needs);
  const rows = sessionsFor(tables, needs, entries, patients);
  return {
    now,
    accounts: patients.map((patientId) => accountFrom(tables, needs, now, { patientId, rows, entries })),
    appointments: (needs.appointments ?? []).flatMap((id) => tables.appointments.get(id) ?? []),
    counters: new Map(rows.map((row) => [row.session.id, countersOf(row)])),
    messages: messagesFor(tables, needs),
    entries: new Map(entries.map((row) => [row.id, correctable(tables, row)])),
    corrections: correctionsFor(tables, needs),
    newSessionIds,
  };
}

/** The patients whom the needs speak of, whichever way they name them. */
export function patientsOf(tables: Tables, needs: Needs): readonly PatientId[] {
  const named = [
    ...(needs.patients ?? []),
    ...(needs.appointments ?? []).map((id) => tables.appointments.get(id)?.patientId),
    ...(needs.sessions ?? []).map((id) => tables.sessions.get(id)?.session.patientId),
    ...(needs.grants ?? []).map((id) => tables.grants.get(id)?.patientId),
    ...entriesOf(tables, needs).map(({ entry }) => entry.patientId),
  ].filter((id) => id !== undefined);
  return [...new Set(named)].filter((id) => tables.accounts.has(id)).sort((a, b) => a - b);
}

/** The ids of the sessions that a batch locks, in ascending order. */
export const sessionIdsFor = (
  tables: Tables,
  needs: Needs,
  patients: readonly PatientId[],
): readonly SessionId[] =>
  sessionsFor(tables, needs, entriesOf(tables, needs), patients)
    .map(({ session }) => session.id)
    .sort((a, b) => a - b);

const entriesOf = (tables: Tables, { entries = [] }: Needs): readonly StoredEntry[] =>
  entries.length === 0 ? [] : tables.entries.filter(({ id }) => entries.includes(id));

/** Every active session of these patients, and those ended ones that the needs name. */
function sessionsFor(
  tables: Tables,
  needs: Needs,
  entries: readonly StoredEntry[],
  patients: readonly PatientId[],
): readonly StoredSession[] {
  return [...tables.sessions.values()].filter(
    ({ session }) =>
      (session.state === 'active' && patients.includes(session.patientId)) ||
      needs.sessions?.includes(session.id) ||
      needs.appointments?.includes(session.appointmentId) ||
      entries.some(({ entry }) => entry.sessionId === session.id),
  );
}

function accountFrom(
  tables: Tables,
  needs: Needs,
  now: Instant,
  of: { patientId: PatientId; rows: readonly StoredSession[]; entries: readonly StoredEntry[] },
): Account {
  const { patientId, entries } = of;
  const rows = of.rows.filter(({ session }) => session.patientId === patientId);
  const sessions = rows.map(({ session }) => sessionFrom(tables, session));
  const standing = sessions.flatMap((session) => (session.state === 'active' ? session.standingCharges : []));
  const isNeeded = ({ id, remaining, expiresAt }: Grant) =>
    remaining > 0 ||
    expiresAt === null ||
    expiresAt > now ||
    needs.grants?.includes(id) ||
    standing.some(({ grantId }) => grantId === id) ||
    entries.some(({ entry }) => entry.grantId === id);
  const grants = [...tables.grants.values()].filter(
    (grant) => grant.patientId === patientId && isNeeded(grant),
  );
  return { patientId, sessions, grants };
}

/** Of its charges, only those that R9 could still give back are kept beside a session. */
function sessionFrom(tables: Tables, session: Session): Session {
  if (session.state === 'ended') return { ...session };
  const mayBeSilent = !session.hasDoctorActivity && session.policy.doctorResponseMs !== null;
  return {
    ...session,
    standingCharges: mayBeSilent ? standingCharges(tables, session.id) : [],
  } satisfies ActiveSession;
}

const countersOf = ({
  eventCount,
  messageCount,
  nextDeadlineAt,
  endRecordedAt,
}: StoredSession): SessionCounters => ({ eventCount, messageCount, nextDeadlineAt, endRecordedAt });

function messagesFor(tables: Tables, { messages = [] }: Needs): Loaded['messages'] {
  return tables.messages.filter(({ sessionId, clientMessageId }) => {
    const appointmentId = tables.sessions.get(sessionId)?.session.appointmentId;
    return messages.some(
      (wanted) => wanted.appointmentId === appointmentId && wanted.clientMessageId === clientMessageId,
    );
  });
}

const correctable = (tables: Tables, { id, entry }: StoredEntry): CorrectableEntry => ({
  id,
  kind: entry.kind,
  grantId: entry.grantId,
  sessionId: entry.sessionId,
  intervalNo: entry.intervalNo,
  undone: undoneBy(tables, id, entry),
});

function undoneBy(tables: Tables, id: StoredEntry['id'], of: StoredEntry['entry']): Undone | null {
  const undoing = tables.entries.find(({ entry }) =>
    of.kind === 'charge'
      ? entry.kind === 'refund' && entry.sessionId === of.sessionId && entry.intervalNo === of.intervalNo
      : entry.takesBack === id,
  );
  return undoing === undefined ? null : { by: undoing.actor, at: undoing.entry.effectiveAt };
}

function correctionsFor(tables: Tables, { corrections = [] }: Needs): RecordedCorrection[] {
  return tables.entries.flatMap(({ entry, actor, note, idempotencyKey }) => {
    if (actor.role === 'system' || idempotencyKey === null) return [];
    const isWanted = corrections.some(
      (wanted) => wanted.admin === actor.id && wanted.idempotencyKey === idempotencyKey,
    );
    const { kind, grantId, sessionId, intervalNo, takesBack, units } = entry;
    return isWanted
      ? [{ admin: actor.id, idempotencyKey, kind, grantId, sessionId, intervalNo, takesBack, units, note }]
      : [];
  });
}
