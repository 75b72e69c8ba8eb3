import { Type } from 'typebox';
import type { Actor } from '../../billing/account.ts';
import type { LedgerRecord } from '../../sessions/reads.ts';
import { id, instant, nullable, oneOf, units } from '../schemas.ts';
import { rfc3339 } from '../rfc3339.ts';

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

export const ledgerEntrySchema = Type.Object({
  entry_id: id,
  patient_id: id,
  doctor_id: nullable(id),
  grant_id: id,
  session_id: nullable(id),
  appointment_id: nullable(id),
  kind: oneOf('grant', 'charge', 'refund', 'adjustment'),
  reason: entryReason,
  units,
  interval_no: nullable(Type.Integer()),
  effective_at: instant,
  recorded_at: instant,
  balance_after: Type.Integer(),
  ...actorFields,
  note: nullable(Type.String()),
});

export type LedgerEntryJson = Type.Static<typeof ledgerEntrySchema>;

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
});
