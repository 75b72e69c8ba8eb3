/**
 * What the database refuses, whatever the code does: the checks, keys and triggers of the migration, under their
 * names there. The real ones are tested against PostgreSQL; these keep the tests without one honest.
 */
import type { Session } from '../../../src/billing/account.ts';
import type { EntryRow, GrantRow, SessionRow, Writes } from '../../../src/sessions/store.ts';
import type { Tables } from './tables.ts';

export class ConstraintViolated extends Error {
  override readonly name = 'ConstraintViolated';
  readonly constraint: string;
  constructor(constraint: string) {
    super(`the write violates ${constraint}`);
    this.constraint = constraint;
  }
}

/** @throws ConstraintViolated naming the first promise that the rows would break. `withoutUniqueKeys`: a bug. */
export function assertWritable(tables: Tables, writes: Writes, withoutUniqueKeys = false): void {
  for (const row of writes.grants) assertGrant(tables, row);
  for (const row of writes.sessions) assertSession(tables, row);
  if (!withoutUniqueKeys) assertUnique(tables, writes);
  assertEntries(tables, writes.entries);
  for (const { text } of writes.messages)
    keep('messages_text_length', text.length >= 1 && text.length <= 4000);
  for (const { doctorId, patientId } of writes.appointments)
    keep('appointments_two_people', doctorId !== patientId);
}

function keep(constraint: string, isKept: boolean): void {
  if (!isKept) throw new ConstraintViolated(constraint);
}

function assertUnique(tables: Tables, writes: Writes): void {
  const { entries, events, messages } = writes;
  const written: readonly EntryRow[] = tables.entries;
  once(
    'sessions_one_per_appointment',
    [...tables.sessions.values()],
    writes.sessions.filter(({ isNew }) => isNew),
    ({ session: a }, { session: b }) => a.appointmentId === b.appointmentId,
  );
  once('session_events_pkey', tables.events, events, (a, b) => a.eventNo === b.eventNo && isOneSession(a, b));
  once(
    'messages_pkey',
    tables.messages,
    messages,
    (a, b) => a.messageNo === b.messageNo && isOneSession(a, b),
  );
  once(
    'messages_one_per_client_id',
    tables.messages,
    messages,
    (a, b) => a.clientMessageId === b.clientMessageId && isOneSession(a, b),
  );
  once('ledger_one_charge_per_block', written, entries, (a, b) => isOneBlock(a, b, 'charge'));
  once('ledger_one_refund_per_charge', written, entries, (a, b) => isOneBlock(a, b, 'refund'));
  once(
    'ledger_one_take_back_per_refund',
    written,
    entries,
    ({ entry: a }, { entry: b }) => a.takesBack !== null && a.takesBack === b.takesBack,
  );
  once(
    'ledger_one_creation_per_grant',
    written,
    entries,
    ({ entry: a }, { entry: b }) => a.kind === 'grant' && b.kind === 'grant' && a.grantId === b.grantId,
  );
  once('ledger_idempotency_key', written, entries, isOneKey);
}

/** None of the rows that are added may be the same as one that is stored, nor as another that is added. */
function once<Row>(
  constraint: string,
  stored: readonly Row[],
  added: readonly Row[],
  isSame: (a: Row, b: Row) => boolean,
): void {
  for (const [index, row] of added.entries()) {
    const isTaken = (other: Row): boolean => isSame(other, row);
    keep(constraint, !stored.some(isTaken) && !added.slice(0, index).some(isTaken));
  }
}

const isOneSession = (a: { readonly sessionId: number }, b: { readonly sessionId: number }): boolean =>
  a.sessionId === b.sessionId;

const isOneBlock = ({ entry: a }: EntryRow, { entry: b }: EntryRow, kind: 'charge' | 'refund'): boolean =>
  a.kind === kind && b.kind === kind && a.sessionId === b.sessionId && a.intervalNo === b.intervalNo;

const isOneKey = (a: EntryRow, b: EntryRow): boolean =>
  a.idempotencyKey !== null &&
  a.idempotencyKey === b.idempotencyKey &&
  a.actor.role !== 'system' &&
  b.actor.role !== 'system' &&
  a.actor.id === b.actor.id;

function assertGrant({ grants, accounts }: Tables, { grant, isNew }: GrantRow): void {
  const { held, remaining, unitsTotal, unitsSubscribed, startsAt, expiresAt, version } = grant;
  keep('grants_pkey', isNew !== grants.has(grant.id));
  keep('grants_patient_id_fkey', accounts.has(grant.patientId));
  keep(
    'grants_units_within_bounds',
    unitsSubscribed >= 0 && held >= 0 && held <= remaining && remaining <= unitsTotal,
  );
  keep('grants_validity_not_empty', expiresAt === null || startsAt < expiresAt);
  keep('grants_version_not_negative', version === null || version >= 0);
}

function assertSession(tables: Tables, { session, isNew, nextDeadlineAt, endRecordedAt }: SessionRow): void {
  const before = tables.sessions.get(session.id);
  keep('sessions_pkey', isNew === (before === undefined));
  keep('sessions_appointment_id_fkey', tables.appointments.has(session.appointmentId));
  const isActive = session.state === 'active';
  const hasHold = isActive && session.heldOn !== null;
  keep(
    'sessions_end_all_or_nothing',
    isActive
      ? hasHold && nextDeadlineAt !== null && endRecordedAt === null
      : nextDeadlineAt === null && endRecordedAt !== null,
  );
  keep('sessions_end_not_before_start', isActive || session.endedAt >= session.startedAt);
  if (before?.session.state === 'ended') keep('sessions_ended_is_final', isSameEnd(before.session, session));
}

const isSameEnd = (before: Extract<Session, { state: 'ended' }>, after: Session): boolean =>
  after.state === 'ended' &&
  after.endedAt === before.endedAt &&
  after.endReason === before.endReason &&
  after.endUnits === before.endUnits &&
  after.startedAt === before.startedAt &&
  after.lastActivityAt === before.lastActivityAt &&
  after.unitsUsed <= before.unitsUsed;

function assertEntries(tables: Tables, rows: readonly EntryRow[]): void {
  const all = [...tables.entries, ...rows];
  for (const { entry, recordedAt } of rows) {
    keep('ledger_balance_not_negative', entry.balanceAfter >= 0);
    keep('ledger_recorded_when_due_or_later', recordedAt >= entry.effectiveAt);
    keep('ledger_kind_shape', isShaped(entry));
    keep(
      'ledger_take_back_shape',
      entry.takesBack === null || (entry.kind === 'adjustment' && entry.units === -1),
    );
    keep(
      'ledger_take_back_has_refund',
      entry.takesBack === null ||
        tables.entries.some(
          ({ id, entry: refund }) =>
            id === entry.takesBack && refund.kind === 'refund' && refund.grantId === entry.grantId,
        ),
    );
    keep(
      'ledger_refund_has_charge',
      entry.kind !== 'refund' ||
        all.some(
          ({ entry: charge }) =>
            charge.kind === 'charge' &&
            charge.sessionId === entry.sessionId &&
            charge.intervalNo === entry.intervalNo &&
            charge.grantId === entry.grantId,
        ),
    );
  }
}

function isShaped({ kind, units, sessionId, intervalNo }: EntryRow['entry']): boolean {
  const isOfBlock = sessionId !== null && intervalNo !== null && intervalNo >= 1;
  switch (kind) {
    case 'grant':
      return units >= 0 && sessionId === null && intervalNo === null;
    case 'adjustment':
      return sessionId === null && intervalNo === null;
    case 'charge':
      return units === -1 && isOfBlock;
    case 'refund':
      return units === 1 && isOfBlock;
  }
}
