/** Answers of the kind "there is no such": right where there was none when the batch asked what to lock. */
import type { Tables } from '../../kit/memory-database/tables.ts';
import type { Note } from '../world/watch.ts';

export function isRightlyMissed({ kind, command, outcome }: Note, seen: Tables): boolean {
  const code = outcome.kind === 'refused' ? outcome.code : outcome.kind;
  switch (kind) {
    case 'start':
    case 'recordActivity':
    case 'sendMessage':
    case 'end':
      return code === 'appointment_not_found' && !seen.appointments.has(command.appointmentId);
    case 'endByAdmin':
      return code === 'session_not_found' && !seen.sessions.has(command.sessionId);
    case 'settle':
      return code === 'over' && !seen.sessions.has(command.sessionId);
    case 'adjust':
      return code === 'subscription_not_found' && !seen.grants.has(command.grantId);
    case 'putAppointment':
    case 'putSubscription':
    case 'refund':
      return false;
  }
}
