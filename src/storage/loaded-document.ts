import type {
  Account,
  Appointment,
  AppointmentStatus,
  AppointmentType,
  EndReason,
  Grant,
  Role,
  Session,
  StandingCharge,
} from '../billing/account.ts';
import type { RefundableEntry } from '../billing/corrections.ts';
import {
  appointmentId,
  grantId,
  ledgerEntryId,
  type LedgerEntryId,
  sessionId,
  type SessionId,
  userId,
} from '../billing/ids.ts';
import type { EntryKind } from '../billing/ledger.ts';
import type { Policy } from '../billing/policy.ts';
import { type Instant, instant } from '../billing/time.ts';
import type { StoredMessage, Loaded, RecordedCorrection, SessionCounters } from '../sessions/store.ts';

/** What load.ts answers with: rows as arrays, ids as numbers, instants as epoch milliseconds. What was not asked for is not in it. */
export interface LoadedDocument {
  readonly now: number;
  readonly patients: readonly number[];
  readonly sessions: readonly SessionTuple[];
  readonly grants: readonly GrantTuple[];
  readonly standing: readonly (readonly [sessionId: number, intervalNo: number, grantId: number])[];
  readonly appointments?: readonly AppointmentTuple[];
  readonly messages?: readonly MessageTuple[];
  readonly entries?: readonly EntryTuple[];
  readonly corrections?: readonly CorrectionTuple[];
  readonly new_session_ids?: readonly number[];
}

type SessionTuple = readonly [
  id: number,
  appointmentId: number,
  patientId: number,
  doctorId: number,
  isActive: boolean,
  hasPatientActivity: boolean,
  hasDoctorActivity: boolean,
  unitsUsed: number,
  blockNo: number,
  eventCount: number,
  messageCount: number,
  lastActivityAt: number | null,
  startedAt: number,
  firstPatientActivityAt: number | null,
  nextDeadlineAt: number | null,
  holdGrantId: number | null,
  endedAt: number | null,
  endRecordedAt: number | null,
  endUnits: number | null,
  endReason: EndReason | null,
  policy: Policy,
];
type GrantTuple = readonly [
  id: number,
  patientId: number,
  unitsSubscribed: number,
  unitsTotal: number,
  remaining: number,
  held: number,
  startsAt: number,
  expiresAt: number | null,
];
type AppointmentTuple = readonly [
  id: number,
  patientId: number,
  doctorId: number,
  type: AppointmentType,
  status: AppointmentStatus,
  scheduledAt: number,
  timeZone: string | null,
];
type MessageTuple = readonly [
  sessionId: number,
  messageNo: number,
  clientMessageId: string,
  senderId: number,
  senderRole: Role,
  sentAt: number,
  text: string,
];
type EntryTuple = readonly [
  id: number,
  kind: EntryKind,
  grantId: number,
  sessionId: number | null,
  intervalNo: number | null,
  isRefunded: boolean,
];
type CorrectionTuple = readonly [
  admin: number,
  idempotencyKey: string,
  kind: EntryKind,
  grantId: number,
  sessionId: number | null,
  intervalNo: number | null,
  units: number,
  note: string | null,
];

/** The document as the verbs know it. @throws where a row says what no row may say. */
export function loadedFrom(document: LoadedDocument): Loaded {
  const standing = Map.groupBy(document.standing, ([id]) => id);
  const sessionsOf = Map.groupBy(document.sessions, ([, , patientId]) => patientId);
  const grantsOf = Map.groupBy(document.grants, ([, patientId]) => patientId);
  return {
    now: instant(document.now),
    accounts: document.patients.map((id): Account => ({
      patientId: userId(id),
      grants: (grantsOf.get(id) ?? []).map(grantFrom),
      sessions: (sessionsOf.get(id) ?? []).map((tuple) => sessionFrom(tuple, standing.get(tuple[0]) ?? [])),
    })),
    counters: new Map(document.sessions.map((tuple) => [sessionId(tuple[0]), countersFrom(tuple)])),
    appointments: (document.appointments ?? []).map(appointmentFrom),
    messages: (document.messages ?? []).map(messageFrom),
    entries: new Map((document.entries ?? []).map(entryFrom)),
    corrections: (document.corrections ?? []).map(correctionFrom),
    newSessionIds: (document.new_session_ids ?? []).map(sessionId),
  };
}

const instantOrNull = (epochMs: number | null): Instant | null =>
  epochMs === null ? null : instant(epochMs);

function sessionFrom(tuple: SessionTuple, standing: LoadedDocument['standing']): Session {
  const [
    id,
    appointment,
    patient,
    doctor,
    isActive,
    hasPatientActivity,
    hasDoctorActivity,
    unitsUsed,
    blockNo,
    ...rest
  ] = tuple;
  const [
    ,
    ,
    lastActivityAt,
    startedAt,
    firstPatientActivityAt,
    ,
    heldOn,
    endedAt,
    ,
    endUnits,
    endReason,
    policy,
  ] = rest;
  const facts = {
    id: sessionId(id),
    appointmentId: appointmentId(appointment),
    patientId: userId(patient),
    doctorId: userId(doctor),
    policy,
    startedAt: instant(startedAt),
    hasPatientActivity,
    hasDoctorActivity,
    firstPatientActivityAt: instantOrNull(firstPatientActivityAt),
    lastActivityAt: instantOrNull(lastActivityAt),
    unitsUsed,
  };
  if (isActive) {
    if (heldOn === null) throw new Error(`active session ${id} holds no unit`);
    const standingCharges = standing.map(standingFrom);
    return { ...facts, state: 'active', blocksCompleted: blockNo, heldOn: grantId(heldOn), standingCharges };
  }
  if (endedAt === null || endReason === null || endUnits === null)
    throw new Error(`ended session ${id} has no end`);
  return { ...facts, state: 'ended', endedAt: instant(endedAt), endReason, endUnits };
}

const standingFrom = ([, intervalNo, grant]: LoadedDocument['standing'][number]): StandingCharge => ({
  intervalNo,
  grantId: grantId(grant),
});

function countersFrom(tuple: SessionTuple): SessionCounters {
  const [, , , , , , , , , eventCount, messageCount, , , , nextDeadlineAt, , , endRecordedAt] = tuple;
  return {
    eventCount,
    messageCount,
    nextDeadlineAt: instantOrNull(nextDeadlineAt),
    endRecordedAt: instantOrNull(endRecordedAt),
  };
}

function grantFrom(tuple: GrantTuple): Grant {
  const [id, patient, unitsSubscribed, unitsTotal, remaining, held, startsAt, expiresAt] = tuple;
  return {
    id: grantId(id),
    patientId: userId(patient),
    unitsSubscribed,
    unitsTotal,
    remaining,
    held,
    startsAt: instant(startsAt),
    expiresAt: instantOrNull(expiresAt),
  };
}

function appointmentFrom([
  id,
  patient,
  doctor,
  type,
  status,
  scheduledAt,
  timeZone,
]: AppointmentTuple): Appointment {
  return {
    id: appointmentId(id),
    patientId: userId(patient),
    doctorId: userId(doctor),
    type,
    status,
    scheduledAt: instant(scheduledAt),
    timeZone,
  };
}

function messageFrom(tuple: MessageTuple): StoredMessage {
  const [session, messageNo, clientMessageId, sender, senderRole, sentAt, text] = tuple;
  return {
    sessionId: sessionId(session),
    messageNo,
    clientMessageId,
    senderId: userId(sender),
    senderRole,
    sentAt: instant(sentAt),
    text,
  };
}

const sessionIdOrNull = (id: number | null): SessionId | null => (id === null ? null : sessionId(id));

function entryFrom(tuple: EntryTuple): [LedgerEntryId, RefundableEntry] {
  const [id, kind, grant, session, intervalNo, isRefunded] = tuple;
  const entry = {
    kind,
    grantId: grantId(grant),
    sessionId: sessionIdOrNull(session),
    intervalNo,
    isRefunded,
  };
  return [ledgerEntryId(id), entry];
}

function correctionFrom(tuple: CorrectionTuple): RecordedCorrection {
  const [admin, idempotencyKey, kind, grant, session, intervalNo, units, note] = tuple;
  return {
    admin: userId(admin),
    idempotencyKey,
    kind,
    grantId: grantId(grant),
    sessionId: sessionIdOrNull(session),
    intervalNo,
    units,
    note,
  };
}
