/** An account as the store has it, settled to an instant in memory by the real rules, in the words of the naive model. */
import type {
  LedgerEntry as ModelEntry,
  SessionFigures,
} from '../../../src/audit/reference-model/naive-types.ts';
import type { Session } from '../../../src/billing/account.ts';
import type { PatientId, SessionId } from '../../../src/billing/ids.ts';
import type { LedgerEntry } from '../../../src/billing/ledger.ts';
import type { Instant } from '../../../src/billing/time.ts';
import type { SessionEvent } from '../../../src/sessions/store.ts';
import { openUnitOfWork } from '../../../src/sessions/unit-of-work.ts';
import { loadedFrom } from '../../kit/memory-database/load.ts';
import type { Tables } from '../../kit/memory-database/tables.ts';

export interface AccountNow {
  readonly ledger: readonly ModelEntry[];
  readonly sessions: Readonly<Record<number, SessionFigures>>;
  readonly grants: Readonly<Record<number, { readonly remaining: number; readonly held: number }>>;
  readonly holds: Readonly<Record<number, number>>;
  /** Whether the store has it so already: nothing was due. */
  readonly isSettled: boolean;
}

export function accountNow(tables: Tables, patientId: PatientId, now: Instant): AccountNow {
  const isOwn = (row: { readonly patientId: PatientId }) => row.patientId === patientId;
  const grants = [...tables.grants.values()].filter(isOwn).map(({ id }) => id);
  const sessions = [...tables.sessions.values()].filter(({ session }) => isOwn(session));
  const needs = { patients: [patientId], grants, sessions: sessions.map(({ session: { id } }) => id) };
  const unitOfWork = openUnitOfWork(loadedFrom(tables, needs, now, []));
  const account = unitOfWork.attempt((work) => work.account(patientId))?.account;
  const events = [...tables.events, ...unitOfWork.recorded.events].filter(
    ({ type }) => type === 'low_balance',
  );
  const written = tables.entries.filter(({ entry }) => isOwn(entry));
  return {
    ledger: [...written, ...unitOfWork.recorded.entries].map(({ entry }) => entryOf(entry)),
    sessions: Object.fromEntries(
      account?.sessions.map((session) => [
        session.id,
        { ...factsOf(session), lowBalanceAt: lowBalancesIn(events, session.id) },
      ]) ?? [],
    ),
    grants: Object.fromEntries(
      account?.grants.map(({ id, remaining, held }) => [id, { remaining, held }]) ?? [],
    ),
    holds: Object.fromEntries(
      account?.sessions.flatMap((session) =>
        session.state === 'active' && session.heldOn !== null ? [[session.id, session.heldOn]] : [],
      ) ?? [],
    ),
    isSettled: unitOfWork.recorded.changes.length === 0,
  };
}

const entryOf = (entry: LedgerEntry): ModelEntry => ({
  grantId: entry.grantId,
  sessionId: entry.sessionId,
  kind: entry.kind,
  reason: reasonOf(entry),
  units: entry.units,
  intervalNo: entry.intervalNo,
  effectiveAt: entry.effectiveAt,
  balanceAfter: entry.balanceAfter,
});

/** The model names a reason only where there could be another. */
const reasonOf = ({ kind, reason }: LedgerEntry): string | null =>
  kind === 'charge' || reason === 'doctor_no_response' || reason === 'validity_changed' ? reason : null;

const lowBalancesIn = (events: readonly SessionEvent[], id: SessionId): readonly Instant[] =>
  events.filter(({ sessionId }) => sessionId === id).map(({ effectiveAt }) => effectiveAt);

/** What is known of a session without its events. */
export const factsOf = (session: Session): Omit<SessionFigures, 'lowBalanceAt'> => ({
  isActive: session.state === 'active',
  startedAt: session.startedAt,
  endedAt: session.state === 'ended' ? session.endedAt : null,
  endReason: session.state === 'ended' ? session.endReason : null,
  sessionsUsed: session.unitsUsed,
  hasPatientActivity: session.hasPatientActivity,
  hasDoctorActivity: session.hasDoctorActivity,
  lastActivityAt: session.lastActivityAt,
});
