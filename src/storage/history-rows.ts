import { appointmentId, grantId, ledgerEntryId, sessionId, userId } from '../billing/ids.ts';
import { type Instant, instant } from '../billing/time.ts';
import type { StoredMessage, EventData, SessionEvent } from '../sessions/store.ts';
import type { LedgerRecord } from '../sessions/records.ts';
import type { Prisma } from './client.ts';
import { actorFrom, entryKindFrom, entryReasonFrom, eventTypeFrom } from './column-values.ts';

/** Rows of what was written, as the program knows them. No row of Prisma's leaves this folder. */

export const instantOf = (date: Date): Instant => instant(date.getTime());
export const instantOrNull = (date: Date | null): Instant | null => (date === null ? null : instantOf(date));

/** What is asked of an entry: its columns, and whose session it was. */
export const withSession = {
  session: { select: { doctorId: true, appointmentId: true } },
} satisfies Prisma.LedgerEntryInclude;

type EntryRow = Prisma.LedgerEntryGetPayload<{ include: typeof withSession }>;

export const ledgerRecordFrom = (row: EntryRow): LedgerRecord => ({
  id: ledgerEntryId(row.id),
  patientId: userId(row.patientId),
  doctorId: row.session === null ? null : userId(row.session.doctorId),
  grantId: grantId(row.grantId),
  sessionId: row.sessionId === null ? null : sessionId(row.sessionId),
  appointmentId: row.session === null ? null : appointmentId(row.session.appointmentId),
  kind: entryKindFrom(row.kind),
  reason: entryReasonFrom(row.reason),
  units: row.units,
  intervalNo: row.intervalNo,
  effectiveAt: instantOf(row.effectiveAt),
  recordedAt: instantOf(row.recordedAt),
  balanceAfter: row.balanceAfter,
  actor: actorFrom(row.actorRole, row.actorId),
  note: row.note,
});

export const sessionEventFrom = (row: Prisma.SessionEventGetPayload<object>): SessionEvent => ({
  sessionId: sessionId(row.sessionId),
  eventNo: row.eventNo,
  type: eventTypeFrom(row.type),
  effectiveAt: instantOf(row.effectiveAt),
  recordedAt: instantOf(row.recordedAt),
  actor: actorFrom(row.actorRole, row.actorId),
  data: eventDataFrom(row.data),
});

/** The schema lets any JSON in; only this program writes it, and always an object. */
function eventDataFrom(data: Prisma.JsonValue): EventData {
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new Error('an event holds no object');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by rows.ts from EventData, and by nobody else
  return data as EventData;
}

export function messageFrom(row: Prisma.MessageGetPayload<object>): StoredMessage {
  const isPatient = row.senderRole === 'patient';
  return {
    sessionId: sessionId(row.sessionId),
    messageNo: row.messageNo,
    clientMessageId: row.clientMessageId,
    senderId: userId(row.senderId),
    senderRole: isPatient ? 'patient' : 'doctor',
    sentAt: instantOf(row.sentAt),
    text: row.text,
  };
}
