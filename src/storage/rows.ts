import type { Actor, AppointmentStatus, AppointmentType, EndReason, Role } from '../billing/account.ts';
import { appointmentId, grantId, ledgerEntryId, sessionId, type UserId, userId } from '../billing/ids.ts';
import type { EntryKind, EntryReason } from '../billing/ledger.ts';
import type { Policy } from '../billing/policy.ts';
import type { Terms } from '../billing/terms.ts';
import { type ActionData, isActionName, type TargetKind } from '../sessions/admin-actions.ts';
import type {
  EntryRow,
  EventData,
  EventType,
  GrantRow,
  SessionEvent,
  SessionRow,
} from '../sessions/store.ts';
import {
  at,
  boolean,
  type Columns,
  id,
  integer,
  json,
  orNull,
  text,
  uuid,
  type ValuesOf,
  whole,
  word,
  wordWhere,
} from './columns.ts';

/**
 * Each kind of row, once: the statements that write it and those that read it are made of these. A new column is one
 * line here, beside the schema and the migration.
 */

const ROLES = { patient: true, doctor: true } satisfies Record<Role, true>;

export const APPOINTMENT = {
  id: id('id', appointmentId),
  patientId: id('patient_id', userId),
  doctorId: id('doctor_id', userId),
  type: word('type', { text: true, audio: true, video: true } satisfies Record<AppointmentType, true>),
  status: word('status', {
    pending: true,
    confirmed: true,
    cancelled: true,
    completed: true,
  } satisfies Record<AppointmentStatus, true>),
  scheduledAt: at('scheduled_at'),
  timeZone: orNull(text('time_zone')),
  terms: orNull(json<Terms>('terms')),
} satisfies Columns;

/** A grant keeps its patient; the rest may change. */
export const CHANGED_GRANT = {
  id: id('id', grantId),
  unitsSubscribed: integer('units_subscribed'),
  unitsTotal: integer('units_total'),
  remaining: integer('remaining'),
  held: integer('held'),
  startsAt: at('starts_at'),
  expiresAt: orNull(at('expires_at')),
  version: orNull(whole('version')),
} satisfies Columns;

export const GRANT = { ...CHANGED_GRANT, patientId: id('patient_id', userId) } satisfies Columns;

export const grantValues = ({ grant }: GrantRow): ValuesOf<typeof GRANT> => grant;

/** Of a session, what is settled when it starts. */
const FIXED = {
  appointmentId: id('appointment_id', appointmentId),
  patientId: id('patient_id', userId),
  doctorId: id('doctor_id', userId),
  startedAt: at('start_time'),
  policy: json<Policy>('policy'),
} satisfies Columns;

/** What changes while it is active. */
const FACTS = {
  id: id('id', sessionId),
  hasPatientActivity: boolean('has_patient_activity'),
  hasDoctorActivity: boolean('has_doctor_activity'),
  unitsUsed: integer('sessions_used'),
  lastActivityAt: orNull(at('last_activity_time')),
  firstPatientActivityAt: orNull(at('first_patient_activity_at')),
} satisfies Columns;

const STATE = { isActive: boolean('is_active'), isEnded: boolean('is_ended') } satisfies Columns;

/** What only an active one says. The number of its block stays when it ends. */
export const ACTIVE = {
  blocksCompleted: { ...integer('block_no'), firstValue: 0 },
  heldOn: id('hold_grant_id', grantId),
} satisfies Columns;

const END_REASONS = {
  manual_end: true,
  admin_end: true,
  no_activity: true,
  balance_exhausted: true,
  idle_timeout: true,
  doctor_no_response: true,
  max_duration: true,
} satisfies Record<EndReason, true>;

/** What only an ended one says. */
export const ENDED = {
  endedAt: at('ended_at'),
  endUnits: integer('end_units'),
  endReason: word('end_reason', END_REASONS),
} satisfies Columns;

/** What no rule reads. */
export const COUNTERS = {
  eventCount: integer('event_count'),
  messageCount: integer('message_count'),
  nextDeadlineAt: orNull(at('next_deadline_at')),
  endRecordedAt: orNull(at('end_recorded_at')),
} satisfies Columns;

export const SESSION_FACTS = { ...FIXED, ...FACTS } satisfies Columns;
export const CHANGED_SESSION = { ...FACTS, ...STATE, ...ACTIVE, ...ENDED, ...COUNTERS } satisfies Columns;
export const SESSION = { ...FIXED, ...CHANGED_SESSION } satisfies Columns;

export function sessionValues({ session, ...counters }: SessionRow): ValuesOf<typeof SESSION> {
  const isActive = session.state === 'active';
  return { ...NEITHER, ...counters, ...session, isActive, isEnded: !isActive };
}
const NEITHER = { blocksCompleted: null, heldOn: null, endedAt: null, endUnits: null, endReason: null };

const ENTRY_KINDS = { grant: true, charge: true, refund: true, adjustment: true } satisfies Record<
  EntryKind,
  true
>;
const ENTRY_REASONS = {
  interval: true,
  no_activity: true,
  manual_end: true,
  admin_end: true,
  idle_timeout: true,
  max_duration: true,
  subscription: true,
  doctor_no_response: true,
  correction: true,
  validity_changed: true,
} satisfies Record<EntryReason, true>;
const ACTOR_ROLES = { system: true, patient: true, doctor: true, admin: true } satisfies Record<
  Actor['role'],
  true
>;

const ACTOR = {
  actorRole: word('actor_role', ACTOR_ROLES),
  actorId: orNull(id('actor_id', userId)),
} satisfies Columns;

interface ActorValues {
  readonly actorRole: Actor['role'];
  readonly actorId: UserId | null;
}
const actorValues = (actor: Actor): ActorValues => ({
  actorRole: actor.role,
  actorId: actor.role === 'system' ? null : actor.id,
});

/** @throws where a user did it and the id is missing. */
export function actorFrom({ actorRole, actorId }: ActorValues): Actor {
  if (actorRole === 'system') return { role: actorRole };
  if (actorId === null) throw new Error(`an entry by a ${actorRole} has no actor_id`);
  return { role: actorRole, id: actorId };
}

export const NEW_ENTRY = {
  patientId: id('patient_id', userId),
  grantId: id('grant_id', grantId),
  sessionId: orNull(id('session_id', sessionId)),
  intervalNo: orNull(integer('interval_no')),
  units: integer('units'),
  balanceAfter: integer('balance_after'),
  effectiveAt: at('effective_at'),
  recordedAt: at('recorded_at'),
  kind: word('kind', ENTRY_KINDS),
  reason: word('reason', ENTRY_REASONS),
  ...ACTOR,
  note: orNull(text('note')),
  idempotencyKey: orNull(text('idempotency_key')),
  takesBack: orNull(id('takes_back', ledgerEntryId)),
  details: json('details'),
} satisfies Columns;

/** The database numbers the entries itself. */
export const ENTRY = { id: id('id', ledgerEntryId), ...NEW_ENTRY } satisfies Columns;

export function entryValues({ entry, actor, ...rest }: EntryRow): ValuesOf<typeof NEW_ENTRY> {
  const { terms, ...facts } = entry;
  const details = terms === null ? null : { starts_at_ms: terms.startsAt, expires_at_ms: terms.expiresAt };
  return { ...facts, ...rest, ...actorValues(actor), details };
}

const EVENT_TYPES = {
  started: true,
  activity: true,
  message: true,
  deduction: true,
  low_balance: true,
  ended: true,
  refund: true,
} satisfies Record<EventType, true>;

export const EVENT = {
  sessionId: id('session_id', sessionId),
  eventNo: integer('event_no'),
  type: word('type', EVENT_TYPES),
  effectiveAt: at('effective_at'),
  recordedAt: at('recorded_at'),
  ...ACTOR,
  data: json<EventData>('data'),
} satisfies Columns;

export const eventValues = ({ actor, ...event }: SessionEvent): ValuesOf<typeof EVENT> => ({
  ...event,
  ...actorValues(actor),
});

export const MESSAGE = {
  sessionId: id('session_id', sessionId),
  messageNo: integer('message_no'),
  clientMessageId: uuid('client_message_id'),
  senderId: id('sender_id', userId),
  senderRole: word('sender_role', ROLES),
  sentAt: at('sent_at'),
  text: text('text'),
} satisfies Columns;

const TARGET_KINDS = {
  session: true,
  entry: true,
  grant: true,
  appointment: true,
  patient: true,
  queue: true,
  audit: true,
} satisfies Record<TargetKind, true>;

/** What an administrator did. The database numbers it and says when. */
export const NEW_ACTION = {
  actorId: id('actor_id', userId),
  action: wordWhere('action', isActionName),
  targetKind: orNull(word('target_kind', TARGET_KINDS)),
  targetId: orNull(whole('target_id')),
  patientId: orNull(id('patient_id', userId)),
  note: orNull(text('note')),
  before: orNull(json<ActionData>('before')),
  after: orNull(json<ActionData>('after')),
  requestId: orNull(text('request_id')),
} satisfies Columns;
export const ACTION = { id: whole('id'), recordedAt: at('recorded_at'), ...NEW_ACTION } satisfies Columns;
