import type { Acknowledged, Journal } from '../load/journal.ts';
import type { Records, EntryRow, GrantRow, MessageRow, SessionRow } from './records.ts';

/** Everything that was acknowledged to a client must be there, as it was acknowledged, and once. */
export function checkJournal(journal: Pick<Journal, 'lines' | 'keys'>, records: Records): readonly string[] {
  const index = indexOf(records);
  const missing = journal.lines.flatMap((line) => {
    const flaw = flawOf(line, index);
    return flaw === null ? [] : [`${flaw}; acknowledged as ${JSON.stringify(line)}`];
  });
  return [...missing, ...checkKeys(journal.keys, records.entries), ...checkMessages(records.messages)];
}

interface Index {
  readonly sessions: ReadonlyMap<number, SessionRow>;
  readonly entries: ReadonlyMap<number, EntryRow>;
  readonly messages: ReadonlyMap<string, MessageRow>;
  readonly grants: ReadonlyMap<number, GrantRow>;
  readonly appointments: ReadonlyMap<number, number>;
}

const messageKey = (sessionId: number, clientMessageId: string): string => `${sessionId} ${clientMessageId}`;

const indexOf = ({ sessions, entries, messages, grants, appointments }: Records): Index => ({
  appointments,
  sessions: new Map(sessions.map((row) => [row.id, row])),
  entries: new Map(entries.map((row) => [row.id, row])),
  messages: new Map(messages.map((row) => [messageKey(row.sessionId, row.clientMessageId), row])),
  grants: new Map(grants.map((row) => [row.id, row])),
});

function flawOf(line: Acknowledged, index: Index): string | null {
  switch (line.kind) {
    case 'appointment':
      return index.appointments.get(line.appointmentId) === line.patientId ? null : 'an appointment is lost';
    case 'subscription':
      return index.grants.has(line.grantId) ? null : 'a subscription is lost';
    case 'start': {
      const session = index.sessions.get(line.sessionId);
      const isThere = session?.appointmentId === line.appointmentId && session.startMs === line.startMs;
      return isThere ? null : 'a start is lost';
    }
    case 'activity': {
      const lastMs = index.sessions.get(line.sessionId)?.lastActivityMs ?? null;
      return lastMs !== null && lastMs >= line.lastActivityMs ? null : 'an activity is lost';
    }
    case 'message': {
      const message = index.messages.get(messageKey(line.sessionId, line.clientMessageId));
      const isThere = message?.messageNo === line.messageNo && message.sentMs === line.sentMs;
      return isThere ? null : 'a message is lost';
    }
    case 'end':
      return isEndThere(line, index.sessions.get(line.sessionId)) ? null : 'an end is lost';
    case 'top_up':
    case 'refund':
      return isCorrectionThere(line, index.entries.get(line.entryId)) ? null : `a ${line.kind} is lost`;
  }
}

function isEndThere(line: Extract<Acknowledged, { kind: 'end' }>, session: SessionRow | undefined): boolean {
  if (session === undefined || session.isActive) return false;
  return (
    session.endedMs === line.endedMs &&
    session.endReason === line.reason &&
    (line.units === null || session.endUnits === line.units) &&
    // A refund after the end may have lowered it since.
    session.unitsUsed <= line.unitsUsed
  );
}

function isCorrectionThere(
  line: Extract<Acknowledged, { kind: 'top_up' | 'refund' }>,
  entry: EntryRow | undefined,
): boolean {
  if (entry === undefined || entry.key !== line.key) return false;
  return line.kind === 'top_up'
    ? entry.kind === 'adjustment' && entry.grantId === line.grantId && entry.units === line.units
    : entry.kind === 'refund' && entry.sessionId === line.sessionId && entry.intervalNo === line.intervalNo;
}

/** A correction happens once under its key, whether it was answered or not, and never without being asked for. */
function checkKeys(asked: ReadonlySet<string>, entries: readonly EntryRow[]): readonly string[] {
  const seen = new Set<string>();
  return entries.flatMap(({ id, key }) => {
    if (key === null) return [];
    const isTwice = seen.has(key);
    seen.add(key);
    if (isTwice) return [`entry ${id} is a second correction under the key ${key}`];
    return asked.has(key) ? [] : [`entry ${id} is a correction that was never asked for`];
  });
}

function checkMessages(messages: readonly MessageRow[]): readonly string[] {
  const seen = new Set<string>();
  return messages.flatMap(({ sessionId, clientMessageId }) => {
    const key = messageKey(sessionId, clientMessageId);
    const isTwice = seen.has(key);
    seen.add(key);
    return isTwice ? [`message ${clientMessageId} is twice in session ${sessionId}`] : [];
  });
}
