import type { Appointment, Grant, Session } from '../billing/account.ts';
import { availableUnits } from '../billing/grant.ts';
import type { Terms } from '../billing/terms.ts';
import type { Instant } from '../billing/time.ts';
import type { ActionData } from './admin-actions.ts';

/** How an admin action stores what was changed: under the names of the API, for ever. */

export const grantData = (grant: Grant): ActionData => ({
  ...unitsData(grant),
  patient_id: grant.patientId,
  sessions_total: grant.unitsSubscribed,
  corrected_total: grant.unitsTotal,
  held_sessions: grant.held,
  available_sessions: availableUnits(grant),
  starts_at: timeText(grant.startsAt),
  expires_at: grant.expiresAt === null ? null : timeText(grant.expiresAt),
  version: grant.version,
});

/** Of the grant of a charge that was given back. */
export const unitsData = ({ id, remaining }: Grant): ActionData => ({
  grant_id: id,
  remaining_sessions: remaining,
});

export const sessionData = (session: Session): ActionData => ({
  sessions_used: session.unitsUsed,
  end_reason: session.state === 'ended' ? session.endReason : null,
});

export const appointmentData = (appointment: Appointment): ActionData => ({
  appointment_id: appointment.id,
  patient_id: appointment.patientId,
  doctor_id: appointment.doctorId,
  type: appointment.type,
  status: appointment.status,
  scheduled_at: timeText(appointment.scheduledAt),
  time_zone: appointment.timeZone,
  terms: termsData(appointment.terms),
});

const termsData = (terms: Terms | null): { readonly [key: string]: number | null } => ({
  interval_seconds: secondsOf(terms?.intervalMs),
  first_activity_seconds: secondsOf(terms?.firstActivityMs),
  no_activity_units: terms?.noActivityUnits ?? null,
  end_grace_seconds: secondsOf(terms?.endGraceMs),
  idle_seconds: secondsOf(terms?.idleMs),
  doctor_response_seconds: secondsOf(terms?.doctorResponseMs),
  max_duration_seconds: secondsOf(terms?.maxDurationMs),
});

const secondsOf = (ms: number | null = null): number | null => (ms === null ? null : ms / 1000);

const timeText = (at: Instant): string => new Date(at).toISOString();

/** Whether two of these say the same. */
export const isSameData = (a: ActionData, b: ActionData): boolean => JSON.stringify(a) === JSON.stringify(b);
