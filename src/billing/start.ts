import { type Account, type ActiveSession, type Appointment, roleOf, type Session } from './account.ts';
import { blockStart } from './blocks.ts';
import type { Change } from './change.ts';
import { isValidAt, payingGrant } from './grant.ts';
import type { SessionId, UserId } from './ids.ts';
import type { Policy, StartWindow } from './policy.ts';
import { type Refusal, refuse } from './refusal.ts';
import { policyUnder } from './terms.ts';
import { after, type Instant } from './time.ts';

export interface StartRequest {
  readonly appointment: Appointment | null;
  /** The appointment's session where it has one, settled to `now`. */
  readonly session: Session | null;
  readonly caller: UserId;
  /** The patient's account, settled to `now`; null only where there is no appointment. */
  readonly account: Account | null;
  /** The id that the session will have, if it starts. */
  readonly newSessionId: SessionId;
  /** The settings in force now. With the appointment's terms they are what the session keeps (R13). */
  readonly policy: Policy;
  readonly window: StartWindow;
}

export type StartDecision =
  | Refusal
  | { readonly kind: 'already_active' }
  | { readonly kind: 'started'; readonly changes: readonly Change[] };

/** R2 Start. Either participant may; the first check that fails answers. Starting is not activity. */
export function startSession(request: StartRequest, now: Instant): StartDecision {
  const { appointment, account, session, window } = request;
  if (appointment === null || account === null) return refuse('appointment_not_found');
  if (roleOf(appointment, request.caller) === null) return refuse('not_a_participant');
  if (appointment.type !== 'text') return refuse('not_a_text_appointment');
  if (session !== null)
    return session.state === 'active' ? { kind: 'already_active' } : refuse('session_ended');
  if (appointment.status !== 'confirmed') return refuse('appointment_not_confirmed');
  if (now < after(appointment.scheduledAt, -window.earlyStartMs))
    return refuse('appointment_time_not_reached');
  if (window.startWindowMs !== null && now >= after(appointment.scheduledAt, window.startWindowMs))
    return refuse('appointment_window_passed');
  if (!account.grants.some((grant) => isValidAt(grant, now))) return refuse('no_active_subscription');
  const grant = payingGrant(account.grants, now);
  if (grant === null) return refuse('insufficient_sessions');
  const started = newSession(appointment, request, now);
  return {
    kind: 'started',
    changes: [
      { kind: 'session_started', at: now, session: started },
      { kind: 'block_entered', at: blockStart(started, 0), sessionId: started.id, grantId: grant.id },
    ],
  };
}

const newSession = (
  { id, patientId, doctorId, terms }: Appointment,
  { newSessionId, policy }: StartRequest,
  now: Instant,
): ActiveSession => ({
  state: 'active',
  id: newSessionId,
  appointmentId: id,
  patientId,
  doctorId,
  policy: policyUnder(terms, policy),
  startedAt: now,
  hasPatientActivity: false,
  hasDoctorActivity: false,
  firstPatientActivityAt: null,
  lastActivityAt: null,
  unitsUsed: 0,
  blocksCompleted: 0,
  heldOn: null,
  standingCharges: [],
});
