import { fieldOf, instantOf, numberOf, textOf } from './fields.ts';
import type { Journal } from './journal.ts';

/** Writes down the end that an answer shows, if it shows one. */
export function noteEnd(journal: Journal, session: unknown): boolean {
  if (fieldOf(session, 'is_ended') !== true) return false;
  const units = fieldOf(session, 'sessions_deducted');
  journal.acknowledge({
    kind: 'end',
    sessionId: numberOf(session, 'session_id'),
    endedMs: instantOf(session, 'ended_at'),
    reason: textOf(session, 'end_reason'),
    units: typeof units === 'number' ? units : null,
    unitsUsed: numberOf(session, 'sessions_used'),
  });
  return true;
}
