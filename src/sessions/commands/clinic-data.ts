import { type Actor, type Grant, grantOf } from '../../billing/account.ts';
import type { Change } from '../../billing/change.ts';
import { adjustGrant, MAX_GRANT_UNITS } from '../../billing/corrections.ts';
import { type Refusal, refuse } from '../../billing/refusal.ts';
import type { Instant } from '../../billing/time.ts';
import type { Commands, Outcomes } from '../commands.ts';
import type { Verb } from '../verb.ts';
import type { SettledAccount } from '../journal.ts';
import type { Workspace } from '../unit-of-work.ts';

/**
 * The clinic's system says what was bought. A new grant; or for one that is there: nothing, where nothing
 * changed; an adjustment by the difference, where the total did, never below what is used and held.
 */
export const putSubscription: Verb<'putSubscription'> = {
  needs: ({ grantId, patientId }) => ({ grants: [grantId], patients: [patientId] }),
  decide: (command, workspace) => {
    const { grantId, patientId } = command;
    const actor: Actor = { role: 'admin', id: command.admin };
    if (command.units > MAX_GRANT_UNITS) return refuse('subscription_units_out_of_bounds');
    const owner = workspace.accountOfGrant(grantId);
    if (owner !== null)
      return owner.account.patientId === patientId
        ? change(command, owner, actor, workspace)
        : refuse('subscription_in_use');
    const settled = workspace.account(patientId);
    if (settled === null)
      throw new Error(`the account of patient ${patientId} was to be made and is not there`);
    return create(command, settled, actor, workspace);
  },
};

type Put = Commands['putSubscription'];
type Outcome = Outcomes['putSubscription'];

function create(
  { grantId, patientId, units, ...put }: Put,
  settled: SettledAccount,
  actor: Actor,
  desk: Workspace,
): Outcome {
  const startsAt = put.startsAt ?? settled.now;
  if (isEmpty(startsAt, put.expiresAt)) return refuse('subscription_validity_empty');
  const grant: Grant = {
    id: grantId,
    patientId,
    unitsSubscribed: units,
    unitsTotal: units,
    remaining: units,
    held: 0,
    startsAt,
    expiresAt: put.expiresAt,
  };
  desk.record(settled, [{ kind: 'grant_created', at: settled.now, grant }], actor);
  return { kind: 'stored' };
}

function change(put: Put, settled: SettledAccount, actor: Actor, desk: Workspace): Outcome {
  const { account, now } = settled;
  const grant = grantOf(account, put.grantId);
  const units = unitsChange(grant, put.units, now);
  if (units?.kind === 'refused') return units;
  if (isEmpty(put.startsAt ?? grant.startsAt, put.expiresAt)) return refuse('subscription_validity_empty');
  const changes = [units, validityChange(grant, put, now)].filter((made) => made !== null);
  if (changes.length > 0) desk.record(settled, changes, actor);
  return { kind: 'stored' };
}

function unitsChange(grant: Grant, units: number, now: Instant): Change | Refusal | null {
  const difference = units - grant.unitsSubscribed;
  return difference === 0 ? null : adjustGrant(grant, difference, 'subscription', now);
}

function validityChange(grant: Grant, put: Put, now: Instant): Change | null {
  const { expiresAt } = put;
  const startsAt = put.startsAt ?? grant.startsAt;
  return startsAt === grant.startsAt && expiresAt === grant.expiresAt
    ? null
    : { kind: 'grant_validity_changed', at: now, grantId: grant.id, startsAt, expiresAt };
}

const isEmpty = (startsAt: Instant, expiresAt: Instant | null): boolean =>
  expiresAt !== null && expiresAt <= startsAt;
