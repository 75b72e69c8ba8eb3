import { Type } from 'typebox';
import type { Grant } from '../billing/account.ts';
import { availableUnits } from '../billing/grant.ts';
import { id, instant, nullable, units } from './schemas.ts';
import { rfc3339, rfc3339OrNull } from './rfc3339.ts';

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
