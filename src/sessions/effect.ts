import { activeSessions, type Account, type Grant, grantOf, sessionOf } from '../billing/account.ts';
import { apply } from '../billing/apply.ts';
import type { Change } from '../billing/change.ts';
import { fundedUntil } from '../billing/funded-until.ts';
import type { GrantId, SessionId } from '../billing/ids.ts';
import { entryOf, type LedgerEntry } from '../billing/ledger.ts';
import type { Instant } from '../billing/time.ts';
import type { SettledAccount } from './unit-of-work.ts';

/** What an administrator's act comes to: shown before it is done, and compared when it is. */
export interface Effect {
  /** What is due by itself and not written yet. */
  readonly dueAnyway: EffectUnits;
  /** What the act adds to that. */
  readonly adds: EffectUnits;
  /** The grants of which the act changes what remains. */
  readonly grants: readonly GrantEffect[];
  /** The session that is ended, or whose charge is given back. */
  readonly session: SessionEffect | null;
  /** Others of the patient's that can go on for longer, or less long. */
  readonly otherSessions: readonly OtherSessionEffect[];
}

export interface EffectUnits {
  /** Of an end: charges less refunds of the session. Of anything else: what the grant gains, negative where it loses. */
  readonly units: number;
  readonly entries: readonly LedgerEntry[];
}

export interface GrantEffect {
  readonly grantId: GrantId;
  /** Units that remain, once what is due is written. */
  readonly before: number;
  readonly after: number;
  /** False where the grant has expired: its units pay for nothing. */
  readonly isUsable: boolean;
}

export interface SessionEffect {
  readonly sessionId: SessionId;
  readonly unitsBefore: number;
  readonly unitsAfter: number;
  /** Null where it has ended then. */
  readonly fundedUntil: Instant | null;
}

export interface OtherSessionEffect {
  readonly sessionId: SessionId;
  readonly fundedUntilBefore: Instant;
  readonly fundedUntil: Instant;
}

/** Whose entries are counted: those of this session, or of this grant. */
export type About =
  | { readonly kind: 'session'; readonly sessionId: SessionId }
  | { readonly kind: 'grant'; readonly grantId: GrantId; readonly sessionId: SessionId | null };

/** Of changes to a settled account that nobody has made yet. `due`: what settling it wrote. */
export function effectOf(
  { account, accountNow }: SettledAccount,
  changes: readonly Change[],
  due: readonly LedgerEntry[],
  about: About,
): Effect {
  const added: LedgerEntry[] = [];
  let after = account;
  for (const change of changes) {
    after = apply(after, change);
    const entry = entryOf(after, change);
    if (entry !== null) added.push(entry);
  }
  const { sessionId } = about;
  return {
    dueAnyway: unitsOf(due, about),
    adds: unitsOf(added, about),
    grants: grantEffects(account, after, accountNow),
    session: sessionId === null ? null : sessionEffect(account, after, sessionId),
    otherSessions: otherSessionEffects(account, after, sessionId),
  };
}

function unitsOf(entries: readonly LedgerEntry[], about: About): EffectUnits {
  const meant = entries.filter((entry) =>
    about.kind === 'session' ? entry.sessionId === about.sessionId : entry.grantId === about.grantId,
  );
  const units = meant.reduce((sum, entry) => sum + entry.units, 0);
  return { units: about.kind === 'session' ? 0 - units : units, entries: meant };
}

const grantEffects = (before: Account, after: Account, now: Instant): readonly GrantEffect[] =>
  after.grants
    .map((grant) => ({
      grantId: grant.id,
      before: grantOf(before, grant.id).remaining,
      after: grant.remaining,
      isUsable: !isExpired(grant, now),
    }))
    .filter((grant) => grant.before !== grant.after)
    .sort((a, b) => a.grantId - b.grantId);

const isExpired = ({ expiresAt }: Grant, now: Instant): boolean => expiresAt !== null && expiresAt <= now;

function sessionEffect(before: Account, after: Account, sessionId: SessionId): SessionEffect {
  const session = sessionOf(after, sessionId);
  return {
    sessionId,
    unitsBefore: sessionOf(before, sessionId).unitsUsed,
    unitsAfter: session.unitsUsed,
    fundedUntil: session.state === 'active' ? fundedUntil(session, after.grants) : null,
  };
}

const otherSessionEffects = (
  before: Account,
  after: Account,
  sessionId: SessionId | null,
): readonly OtherSessionEffect[] =>
  activeSessions(after)
    .filter(({ id }) => id !== sessionId)
    .map((session) => ({
      sessionId: session.id,
      fundedUntilBefore: fundedUntil(session, before.grants),
      fundedUntil: fundedUntil(session, after.grants),
    }))
    .filter((session) => session.fundedUntilBefore !== session.fundedUntil)
    .sort((a, b) => a.sessionId - b.sessionId);
