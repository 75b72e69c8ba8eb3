/** What a subscription, an adjustment and a refund should have been answered (R14, R15). */
import type { Tables } from '../../kit/memory-database/tables.ts';
import type { Records, Expected, NoteOf } from './records.ts';

export function expectSubscription(
  { command }: NoteOf<'putSubscription'>,
  now: number,
  records: Records,
): Expected {
  const { grantId, patientId: patient, units, expiresAt } = command;
  const answered = (answer: string): Expected => ({ patient, session: null, answer });
  const script = records.script(patient);
  const known = records.grants.get(grantId);
  const startsAt = command.startsAt ?? known?.startsAt ?? now;
  const isEmpty = expiresAt !== null && expiresAt <= startsAt;
  if (known === undefined) {
    if (isEmpty) return answered('subscription_validity_empty');
    records.grants.set(grantId, { patient, units, startsAt, expiresAt });
    script.add({ at: now, kind: 'grant', grantId, patientId: patient, units, startsAt, expiresAt });
    return answered('stored');
  }
  const difference = units - known.units;
  if (availableIn(records, grantId, now) + Math.min(0, difference) < 0)
    return answered('subscription_total_too_low');
  if (isEmpty) return answered('subscription_validity_empty');
  if (difference !== 0) script.add({ at: now, kind: 'adjust', grantId, units: difference });
  if (startsAt !== known.startsAt || expiresAt !== known.expiresAt)
    script.add({ at: now, kind: 'set_validity', grantId, startsAt, expiresAt });
  Object.assign(known, { units, startsAt, expiresAt });
  return answered('stored');
}

/** Units of the grant that are not held, by the model. */
function availableIn(records: Records, grantId: number, now: number): number {
  const patient = records.grants.get(grantId)?.patient ?? 0;
  const grant = records.script(patient).resultAt(now).grants[grantId];
  return grant === undefined ? 0 : grant.remaining - grant.held;
}

export function expectAdjustment({ command }: NoteOf<'adjust'>, now: number, records: Records): Expected {
  const { grantId, units } = command;
  const patient = records.grants.get(grantId)?.patient ?? null;
  const answered = (answer: string): Expected => ({ patient, session: null, answer });
  if (patient === null) return answered('subscription_not_found');
  const before = keyTaken(records, command, `adjust ${grantId} by ${units}`);
  if (before !== null) return answered(before);
  if (availableIn(records, grantId, now) + units < 0) return answered('subscription_total_too_low');
  takeKey(records, command, `adjust ${grantId} by ${units}`);
  records.script(patient).add({ at: now, kind: 'adjust', grantId, units });
  return answered('recorded');
}

export function expectRefund(
  { command }: NoteOf<'refund'>,
  now: number,
  tables: Tables,
  records: Records,
): Expected {
  const entry = tables.entries.find(({ id }) => id === command.entryId)?.entry;
  const session = entry?.sessionId ?? null;
  const intervalNo = entry?.intervalNo ?? null;
  if (entry === undefined || session === null || intervalNo === null)
    return { patient: null, session: null, answer: 'entry_not_found' };
  const { patientId: patient } = entry;
  const answered = (answer: string): Expected => ({ patient, session: null, answer });
  const before = keyTaken(records, command, `refund ${session} ${intervalNo}`);
  if (before !== null) return answered(before);
  const script = records.script(patient);
  const isRefunded = script
    .resultAt(now)
    .ledger.some(
      ({ kind, sessionId, intervalNo: no }) =>
        kind === 'refund' && sessionId === session && no === intervalNo,
    );
  if (isRefunded) return answered('already_refunded');
  takeKey(records, command, `refund ${session} ${intervalNo}`);
  script.add({ at: now, kind: 'refund', sessionId: session, intervalNo });
  return answered('recorded');
}

export function expectTakeBack(
  { command }: NoteOf<'takeBack'>,
  now: number,
  tables: Tables,
  records: Records,
): Expected {
  const entry = tables.entries.find(({ id }) => id === command.entryId)?.entry;
  const sessionId = entry?.sessionId ?? null;
  const intervalNo = entry?.intervalNo ?? null;
  if (entry === undefined || sessionId === null || intervalNo === null)
    return { patient: null, session: null, answer: 'entry_not_found' };
  const { patientId: patient, grantId } = entry;
  const answered = (answer: string): Expected => ({ patient, session: null, answer });
  const request = `take back ${sessionId} ${intervalNo}`;
  const before = keyTaken(records, command, request);
  if (before !== null) return answered(before);
  const known = `${sessionId} ${intervalNo}`;
  if (records.takenBack.has(known)) return answered('already_taken_back');
  if (availableIn(records, grantId, now) < 1) return answered('subscription_total_too_low');
  takeKey(records, command, request);
  records.takenBack.add(known);
  records.script(patient).add({ at: now, kind: 'take_back', sessionId, intervalNo });
  return answered('recorded');
}

interface Keyed {
  readonly admin: number;
  readonly idempotencyKey: string;
}

function keyTaken(
  { corrections }: Records,
  { admin, idempotencyKey }: Keyed,
  request: string,
): string | null {
  const made = corrections.get(`${admin} ${idempotencyKey}`);
  if (made === undefined) return null;
  return made === request ? 'recorded_before' : 'idempotency_key_reused';
}

function takeKey({ corrections }: Records, { admin, idempotencyKey }: Keyed, request: string): void {
  corrections.set(`${admin} ${idempotencyKey}`, request);
}
