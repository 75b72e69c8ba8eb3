import { type Actor, type Appointment, type Grant, grantOf } from '../../billing/account.ts';
import type { Change } from '../../billing/change.ts';
import { adjustGrant, MAX_GRANT_UNITS } from '../../billing/corrections.ts';
import type { Policy } from '../../billing/policy.ts';
import { type Refusal, refuse } from '../../billing/refusal.ts';
import { areSameTerms, changedTerms, flawOfTerms } from '../../billing/terms.ts';
import type { Instant } from '../../billing/time.ts';
import { appointmentData, grantData, isSameData } from '../action-data.ts';
import type { CommandHandler, Commands, Outcomes } from '../commands.ts';
import type { SettledAccount, Work } from '../unit-of-work.ts';

/**
 * The clinic's system creates or changes a booking. Once it has a session, its patient, doctor, type and terms are fixed, and
 * its status no longer matters to the session. `settings` are what its terms go over.
 */
export const createAppointmentHandler = (settings: Policy): CommandHandler<'putAppointment'> => ({
  needs: ({ appointment }) => ({ appointments: [appointment.id], patients: [appointment.patientId] }),
  decide: (command, work) => {
    const { appointment: booking, terms: said = {} } = command;
    const before = work.appointment(booking.id);
    const terms = changedTerms(before?.terms ?? null, said);
    const appointment = { ...booking, terms };
    const hasSession = work.sessionOfAppointment(booking.id) !== null;
    if (before !== null && hasSession) {
      if (!isSameToItsSession(before, appointment)) return refuse('appointment_in_use');
    } else {
      const flaw = terms === null ? null : flawOfTerms(terms, settings);
      if (flaw !== null) return { kind: 'terms_flawed', flaw };
    }
    work.storeAppointment(appointment);
    recordAppointmentAction(command, before, appointment, work);
    return { kind: 'stored', appointment };
  },
});

function recordAppointmentAction(
  { admin, requestId = null }: Commands['putAppointment'],
  old: Appointment | null,
  appointment: Appointment,
  work: Work,
): void {
  const before = old === null ? null : appointmentData(old);
  const after = appointmentData(appointment);
  if (before !== null && isSameData(before, after)) return;
  work.recordAction({
    actorId: admin,
    action: before === null ? 'appointment.created' : 'appointment.changed',
    targetKind: 'appointment',
    targetId: appointment.id,
    patientId: appointment.patientId,
    note: null,
    before,
    after,
    requestId,
  });
}

const isSameToItsSession = (before: Appointment, after: Appointment): boolean =>
  before.patientId === after.patientId &&
  before.doctorId === after.doctorId &&
  before.type === after.type &&
  areSameTerms(before.terms, after.terms);

/**
 * The clinic's system says what was bought. Creates the grant, or adjusts it by the difference in units. Refused if the
 * total would drop below used + held, or if what it says is older than what is stored.
 */
export const subscriptionHandler: CommandHandler<'putSubscription'> = {
  needs: ({ grantId, patientId }) => ({ grants: [grantId], patients: [patientId] }),
  decide: (command, work) => {
    const { grantId, patientId } = command;
    const actor: Actor = { role: 'admin', id: command.admin };
    if (command.units > MAX_GRANT_UNITS) return refuse('subscription_units_out_of_bounds');
    const owner = work.accountOfGrant(grantId);
    if (owner !== null)
      return owner.account.patientId === patientId
        ? change(command, owner, actor, work)
        : refuse('subscription_in_use');
    const settled = work.account(patientId);
    if (settled === null) throw new Error(`the store did not create the account of patient ${patientId}`);
    return create(command, settled, actor, work);
  },
};

type Put = Commands['putSubscription'];
type Outcome = Outcomes['putSubscription'];

function create(put: Put, settled: SettledAccount, actor: Actor, work: Work): Outcome {
  const { grantId, patientId, units } = put;
  const startsAt = put.startsAt ?? settled.accountNow;
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
    version: put.version,
  };
  work.record(settled, [{ kind: 'grant_created', at: settled.accountNow, grant }], actor);
  recordGrantAction(put, null, grant, work);
  return { kind: 'stored' };
}

function change(put: Put, settled: SettledAccount, actor: Actor, work: Work): Outcome {
  const { account, accountNow } = settled;
  const grant = grantOf(account, put.grantId);
  const newer = newerVersion(grant, put);
  if (newer !== null) return { ...refuse('subscription_version_stale'), version: newer };
  const units = unitsChange(grant, put.units, accountNow);
  if (units?.kind === 'refused') return units;
  if (isEmpty(put.startsAt ?? grant.startsAt, put.expiresAt)) return refuse('subscription_validity_empty');
  const changes = [
    units,
    validityChange(grant, put, accountNow),
    versionChange(grant, put, accountNow),
  ].filter((made) => made !== null);
  if (changes.length === 0) return { kind: 'stored' };
  const after = work.record(settled, changes, actor);
  recordGrantAction(put, grant, grantOf(after.account, grant.id), work);
  return { kind: 'stored' };
}

function recordGrantAction(
  { admin, requestId = null }: Put,
  old: Grant | null,
  grant: Grant,
  work: Work,
): void {
  work.recordAction({
    actorId: admin,
    action: old === null ? 'grant.created' : 'grant.changed',
    targetKind: 'grant',
    targetId: grant.id,
    patientId: grant.patientId,
    note: null,
    before: old === null ? null : grantData(old),
    after: grantData(grant),
    requestId,
  });
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

/**
 * The stored version where this one may not replace it: it is older, or says something else under the same number. Null
 * where it may, as it always may where either has no version.
 */
function newerVersion(grant: Grant, put: Put): number | null {
  const { version } = grant;
  if (version === null || put.version === null || put.version > version) return null;
  const isSame =
    put.version === version &&
    put.units === grant.unitsSubscribed &&
    (put.startsAt ?? grant.startsAt) === grant.startsAt &&
    put.expiresAt === grant.expiresAt;
  return isSame ? null : version;
}

const versionChange = (grant: Grant, { version }: Put, now: Instant): Change | null =>
  version === null || version === grant.version
    ? null
    : { kind: 'grant_version_set', at: now, grantId: grant.id, version };

const isEmpty = (startsAt: Instant, expiresAt: Instant | null): boolean =>
  expiresAt !== null && expiresAt <= startsAt;
