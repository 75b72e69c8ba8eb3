/** The engine's answers and tables in the words of the naive model. */
import type { Session } from '../../src/billing/account.ts';
import type { LedgerEntry } from '../../src/billing/ledger.ts';
import type { RefusalCode } from '../../src/billing/refusal.ts';
import type { Instant } from '../../src/billing/time.ts';
import type { Commands, Outcomes } from '../../src/sessions/commands.ts';
import type {
  LedgerEntry as ModelEntry,
  ModelResult,
  Outcome,
  SessionFigures,
} from '../../src/audit/reference-model/naive-types.ts';
import type { Tables } from '../../tools/kit/memory-database/tables.ts';
import { t } from './specimens.ts';

/** The refusals that a timeline can meet. The model knows neither callers nor keys nor appointments. */
const REFUSALS: Partial<Record<RefusalCode, Outcome>> = {
  no_active_subscription: 'no_active_subscription',
  insufficient_sessions: 'insufficient_sessions',
  session_ended: 'session_ended',
  no_active_session: 'no_active_session',
  session_not_found: 'no_active_session',
  subscription_not_found: 'grant_not_found',
  subscription_total_too_low: 'units_in_use',
  already_refunded: 'charge_already_refunded',
  already_taken_back: 'refund_already_taken_back',
};

export function outcomeOf(outcome: Exclude<Outcomes[keyof Commands], Outcomes['settle']>): Outcome {
  if (outcome.kind === 'already_active') return 'session_active';
  if (outcome.kind !== 'refused') return 'ok';
  const refusal = REFUSALS[outcome.code];
  if (refusal === undefined) throw new Error(`no timeline should be refused for ${outcome.code}`);
  return refusal;
}

const secondAt = (at: Instant): number => (at - t('0:00')) / 1000;
const secondOrNull = (at: Instant | null): number | null => (at === null ? null : secondAt(at));

export const ledgerOf = ({ entries }: Tables): readonly ModelEntry[] =>
  entries.map(({ entry }) => ({
    grantId: entry.grantId,
    sessionId: entry.sessionId,
    kind: entry.kind,
    reason: reasonOf(entry),
    units: entry.units,
    intervalNo: entry.intervalNo,
    effectiveAt: secondAt(entry.effectiveAt),
    balanceAfter: entry.balanceAfter,
  }));

/** The model gives no reason where only one is possible; so that the engine gives that one is asked here. */
function reasonOf({ kind, reason }: LedgerEntry): string | null {
  const onlyOne = { grant: 'subscription', adjustment: 'correction', refund: 'correction', charge: null };
  return reason === onlyOne[kind] ? null : reason;
}

export const figuresOf = ({
  sessions,
  grants,
  events,
}: Tables): Pick<ModelResult, 'sessions' | 'grants'> => ({
  sessions: Object.fromEntries(
    [...sessions.values()].map(({ session }) => [session.id, figures(session, events)]),
  ),
  grants: Object.fromEntries(
    [...grants.values()].map(({ id, remaining, held }) => [id, { remaining, held }]),
  ),
});

const figures = (session: Session, events: Tables['events']): SessionFigures => ({
  isActive: session.state === 'active',
  startedAt: secondAt(session.startedAt),
  endedAt: session.state === 'ended' ? secondAt(session.endedAt) : null,
  endReason: session.state === 'ended' ? session.endReason : null,
  sessionsUsed: session.unitsUsed,
  hasPatientActivity: session.hasPatientActivity,
  hasDoctorActivity: session.hasDoctorActivity,
  lastActivityAt: secondOrNull(session.lastActivityAt),
  lowBalanceAt: events
    .filter(({ sessionId, type }) => sessionId === session.id && type === 'low_balance')
    .map(({ effectiveAt }) => secondAt(effectiveAt)),
});
