import { Type } from 'typebox';
import type { Actor, Grant } from '../../billing/account.ts';
import { availableUnits } from '../../billing/grant.ts';
import type { LedgerRecord } from '../../sessions/records.ts';
import { columnsOf, csv } from '../csv.ts';
import { rfc3339, rfc3339OrNull } from '../rfc3339.ts';
import { id, instant, nullable, oneOf, units } from '../schemas.ts';

export const grantSchema = Type.Object({
  grant_id: id,
  patient_id: id,
  sessions_total: Type.Integer({ description: "What the clinic's system last said was bought" }),
  corrected_total: Type.Integer({ description: 'What was bought, and all corrections' }),
  remaining_sessions: units,
  held_sessions: Type.Integer({ description: 'Of those remaining, set aside for blocks in progress' }),
  available_sessions: units,
  starts_at: instant,
  expires_at: nullable(instant),
});

export const grantJson = (grant: Grant): Type.Static<typeof grantSchema> => ({
  grant_id: grant.id,
  patient_id: grant.patientId,
  sessions_total: grant.unitsSubscribed,
  corrected_total: grant.unitsTotal,
  remaining_sessions: grant.remaining,
  held_sessions: grant.held,
  available_sessions: availableUnits(grant),
  starts_at: rfc3339(grant.startsAt),
  expires_at: rfc3339OrNull(grant.expiresAt),
});

export const entryReason = oneOf(
  'interval',
  'no_activity',
  'manual_end',
  'admin_end',
  'idle_timeout',
  'max_duration',
  'subscription',
  'doctor_no_response',
  'correction',
  'validity_changed',
);

/** Who did it; `system` is the engine itself, applying a deadline, and has no id. */
export const actorFields = {
  actor_role: oneOf('system', 'patient', 'doctor', 'admin'),
  actor_id: nullable(id),
};

export const actorJson = (actor: Actor) => ({
  actor_role: actor.role,
  actor_id: actor.role === 'system' ? null : actor.id,
});

export const entryKind = oneOf('grant', 'charge', 'refund', 'adjustment');

export const ledgerEntrySchema = Type.Object({
  entry_id: id,
  patient_id: id,
  doctor_id: nullable(id),
  grant_id: id,
  session_id: nullable(id),
  appointment_id: nullable(id),
  kind: entryKind,
  reason: entryReason,
  units,
  interval_no: nullable(Type.Integer()),
  effective_at: instant,
  recorded_at: instant,
  balance_after: Type.Integer(),
  ...actorFields,
  note: nullable(Type.String()),
  takes_back: nullable(
    Type.Integer({ minimum: 1, description: 'Of an adjustment: the refund whose unit it takes back' }),
  ),
});

type LedgerEntryJson = Type.Static<typeof ledgerEntrySchema>;

export const ledgerEntryJson = (entry: LedgerRecord): LedgerEntryJson => ({
  entry_id: entry.id,
  patient_id: entry.patientId,
  doctor_id: entry.doctorId,
  grant_id: entry.grantId,
  session_id: entry.sessionId,
  appointment_id: entry.appointmentId,
  kind: entry.kind,
  reason: entry.reason,
  units: entry.units,
  interval_no: entry.intervalNo,
  effective_at: rfc3339(entry.effectiveAt),
  recorded_at: rfc3339(entry.recordedAt),
  balance_after: entry.balanceAfter,
  ...actorJson(entry.actor),
  note: entry.note,
  takes_back: entry.takesBack,
});

/** `next_cursor` is the number of the last entry, or a text where the page is one of a period. */
export const ledgerPageSchema = Type.Object({
  entries: Type.Array(ledgerEntrySchema),
  next_cursor: Type.Unsafe<number | string | null>({
    type: ['integer', 'string', 'null'],
    description: 'The number of the last entry; a text where the page is one of a period',
  }),
});

export const ledgerCsv = (entries: readonly LedgerRecord[]): string =>
  csv(columnsOf(ledgerEntrySchema), entries.map(ledgerEntryJson));
