import { type Account, type ActiveSession, type Grant, grantOf, type Session, sessionOf } from './account.ts';
import type { Change, SessionEnded, UnitCharged, UnitRefunded } from './change.ts';
import { stillActive } from './still-active.ts';
import type { GrantId } from './ids.ts';
import { later } from './time.ts';

/**
 * Makes one change. The only place where an account changes; it decides nothing.
 * @throws Error where the change cannot be: an impossible change is a bug, never an outcome.
 */
export function apply(account: Account, change: Change): Account {
  switch (change.kind) {
    case 'session_started':
      return { ...account, sessions: [...account.sessions, change.session] };
    case 'block_entered': {
      const session = stillActive(sessionOf(account, change.sessionId), change.kind);
      if (session.heldOn !== null) throw new Error(`session ${session.id} holds a unit already`);
      const held = withGrant(account, change.grantId, (grant) => ({ ...grant, held: grant.held + 1 }));
      return withSession(held, { ...session, heldOn: change.grantId });
    }
    case 'unit_charged':
      return charge(account, change);
    case 'hold_released': {
      const session = holding(account, change.sessionId, change.grantId, change.kind);
      const released = withGrant(account, change.grantId, (grant) => ({ ...grant, held: grant.held - 1 }));
      return withSession(released, { ...session, heldOn: null });
    }
    case 'unit_refunded':
      return refund(account, change);
    case 'activity_recorded':
      return recordActivity(account, change);
    case 'session_ended':
      return withSession(
        account,
        ended(stillActive(sessionOf(account, change.sessionId), change.kind), change),
      );
    case 'grant_created':
      return { ...account, grants: [...account.grants, change.grant] };
    case 'grant_adjusted':
      return withGrant(account, change.grantId, (grant) => ({
        ...grant,
        unitsSubscribed: grant.unitsSubscribed + (change.reason === 'subscription' ? change.units : 0),
        unitsTotal: grant.unitsTotal + change.units,
        remaining: grant.remaining + change.units,
      }));
    case 'grant_validity_changed': {
      const { startsAt, expiresAt } = change;
      return withGrant(account, change.grantId, (grant) => ({ ...grant, startsAt, expiresAt }));
    }
    case 'grant_version_set':
      return withGrant(account, change.grantId, (grant) => ({ ...grant, version: change.version }));
  }
}

function charge(account: Account, change: UnitCharged): Account {
  const session = holding(account, change.sessionId, change.grantId, change.kind);
  if (change.intervalNo !== session.blocksCompleted + 1)
    throw new Error(
      `session ${session.id} is in block ${session.blocksCompleted + 1}, not ${change.intervalNo}`,
    );
  const paid = withGrant(account, change.grantId, (grant) => ({
    ...grant,
    remaining: grant.remaining - 1,
    held: grant.held - 1,
  }));
  return withSession(paid, {
    ...session,
    heldOn: null,
    blocksCompleted: session.blocksCompleted + 1,
    unitsUsed: session.unitsUsed + 1,
    standingCharges: canStillBeGivenBack(session)
      ? [...session.standingCharges, { intervalNo: change.intervalNo, grantId: change.grantId }]
      : [],
  });
}

/** Whether R9 may still give the session's charges back: only then are they kept in mind. */
const canStillBeGivenBack = ({ policy, hasDoctorActivity }: ActiveSession): boolean =>
  policy.doctorResponseMs !== null && !hasDoctorActivity;

function refund(account: Account, change: UnitRefunded): Account {
  const session = sessionOf(account, change.sessionId);
  const paid = withGrant(account, change.grantId, (grant) => ({ ...grant, remaining: grant.remaining + 1 }));
  const unitsUsed = session.unitsUsed - 1;
  if (unitsUsed < 0) throw new Error(`session ${session.id} has no charge left to refund`);
  if (session.state === 'ended') return withSession(paid, { ...session, unitsUsed });
  const standingCharges = session.standingCharges.filter(
    ({ intervalNo }) => intervalNo !== change.intervalNo,
  );
  return withSession(paid, { ...session, unitsUsed, standingCharges });
}

function recordActivity(account: Account, change: Extract<Change, { kind: 'activity_recorded' }>): Account {
  const session = stillActive(sessionOf(account, change.sessionId), change.kind);
  const { at, role } = change;
  const lastActivityAt = session.lastActivityAt === null ? at : later(session.lastActivityAt, at);
  return withSession(
    account,
    role === 'doctor'
      ? { ...session, lastActivityAt, hasDoctorActivity: true }
      : {
          ...session,
          lastActivityAt,
          hasPatientActivity: true,
          firstPatientActivityAt: session.firstPatientActivityAt ?? at,
        },
  );
}

function ended(session: ActiveSession, change: SessionEnded): Session {
  if (session.heldOn !== null) throw new Error(`session ${session.id} ends while it still holds a unit`);
  const { blocksCompleted: _blocks, heldOn: _hold, standingCharges: _charges, ...facts } = session;
  return {
    ...facts,
    state: 'ended',
    endedAt: change.at,
    endReason: change.reason,
    endUnits: change.units,
  };
}

/** The active session whose block is held on that grant. */
function holding(account: Account, id: Session['id'], grantId: GrantId, kind: Change['kind']): ActiveSession {
  const session = stillActive(sessionOf(account, id), kind);
  if (session.heldOn !== grantId) throw new Error(`session ${id} holds no unit of grant ${grantId}`);
  return session;
}

const withSession = (account: Account, changed: Session): Account => ({
  ...account,
  sessions: account.sessions.map((session) => (session.id === changed.id ? changed : session)),
});

function withGrant(account: Account, id: GrantId, change: (grant: Grant) => Grant): Account {
  const changed = change(grantOf(account, id));
  if (!(changed.held >= 0 && changed.held <= changed.remaining && changed.remaining <= changed.unitsTotal))
    throw new Error(
      `grant ${id} would have ${changed.held} held of ${changed.remaining} of ${changed.unitsTotal}`,
    );
  return { ...account, grants: account.grants.map((grant) => (grant.id === id ? changed : grant)) };
}
