import { type Account, sessionOf } from '../billing/account.ts';
import type { Change } from '../billing/change.ts';
import { stillActive } from '../billing/still-active.ts';
import type { SessionId } from '../billing/ids.ts';
import { lowBalance } from '../billing/low-balance.ts';
import type { Instant } from '../billing/time.ts';
import type { EventData, EventType } from './store.ts';

export interface EventDraft {
  readonly sessionId: SessionId;
  readonly type: EventType;
  readonly effectiveAt: Instant;
  readonly data: EventData;
}

/**
 * The event that a change leaves in the audit log, or null. An activity has one only if it is a role's first: later ones
 * change no more than the time of the last activity, which the end's event says, and a message has an event of its own. An
 * entered block has one only if it is the last that is funded. `before` and `after` are the account around the change.
 */
export function eventOf(before: Account, change: Change, after: Account): EventDraft | null {
  const effectiveAt = change.at;
  switch (change.kind) {
    case 'session_started': {
      const { id, appointmentId, patientId, doctorId, policy } = change.session;
      const data = {
        appointment_id: appointmentId,
        patient_id: patientId,
        doctor_id: doctorId,
        policy: { ...policy },
      };
      return { sessionId: id, type: 'started', effectiveAt, data };
    }
    case 'unit_charged':
    case 'unit_refunded': {
      const { sessionId, grantId, intervalNo, reason } = change;
      const type = change.kind === 'unit_charged' ? 'deduction' : 'refund';
      return {
        sessionId,
        type,
        effectiveAt,
        data: { interval_no: intervalNo, reason, units: 1, grant_id: grantId },
      };
    }
    case 'activity_recorded': {
      const { sessionId, role } = change;
      const session = sessionOf(before, sessionId);
      const wroteBefore = role === 'patient' ? session.hasPatientActivity : session.hasDoctorActivity;
      return wroteBefore ? null : { sessionId, type: 'activity', effectiveAt, data: { role } };
    }
    case 'session_ended': {
      const { sessionId, reason, units } = change;
      const { lastActivityAt } = sessionOf(before, sessionId);
      return {
        sessionId,
        type: 'ended',
        effectiveAt,
        data: { reason, units, last_activity_ms: lastActivityAt },
      };
    }
    case 'block_entered': {
      const session = stillActive(sessionOf(after, change.sessionId), change.kind);
      const fundedUntil = lowBalance(session, after.grants);
      if (fundedUntil === null) return null;
      return {
        sessionId: session.id,
        type: 'low_balance',
        effectiveAt,
        data: { funded_until_ms: fundedUntil },
      };
    }
    case 'hold_released':
    case 'grant_created':
    case 'grant_adjusted':
    case 'grant_validity_changed':
    case 'grant_version_set':
      return null;
  }
}
