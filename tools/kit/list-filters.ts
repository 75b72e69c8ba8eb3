import type { ActionFilter } from '../../src/sessions/admin-actions.ts';
import type { LedgerFilter, SessionFilter } from '../../src/sessions/console-store.ts';

/** Of all sessions the first fifty, or what is asked for instead. */
export const sessionFilter = (asked: Partial<SessionFilter> = {}): SessionFilter => ({
  status: null,
  endReason: null,
  patientId: null,
  doctorId: null,
  appointmentId: null,
  from: null,
  to: null,
  cursor: null,
  limit: 50,
  ...asked,
});

/** Of the whole ledger the first fifty entries, or what is asked for instead. */
export const ledgerFilter = (asked: Partial<LedgerFilter> = {}): LedgerFilter => ({
  patientId: null,
  doctorId: null,
  sessionId: null,
  from: null,
  to: null,
  cursor: null,
  limit: 50,
  ...asked,
});

/** Of all that administrators did the last fifty acts, or what is asked for instead. */
export const actionFilter = (asked: Partial<ActionFilter> = {}): ActionFilter => ({
  actorId: null,
  action: null,
  patientId: null,
  from: null,
  to: null,
  cursor: null,
  limit: 50,
  ...asked,
});
