/** What must hold after every single transaction, asked of the tables of the in-memory database. */
import type { ActiveSession, Session } from '../../src/billing/account.ts';
import type { GrantId, SessionId } from '../../src/billing/ids.ts';
import { nextDeadline } from '../../src/billing/order.ts';
import type { StoredSession, Tables } from './memory-database/tables.ts';

/** Every invariant that is broken now, in words. */
export const brokenInvariants = (tables: Tables): readonly string[] => [
  ...brokenBalances(tables),
  ...brokenTakeBacks(tables),
  ...brokenTellings(tables),
  ...brokenNumbers(tables),
  ...brokenTimes(tables),
];

/** What the step from one state to the next took back, in words. Nothing about money or an end ever is. */
export function takenBack(before: Tables, after: Tables): readonly string[] {
  const broken: string[] = [];
  if (before.entries.some((row, index) => row !== after.entries[index])) broken.push('an entry was changed');
  if (before.events.some((row, index) => row !== after.events[index])) broken.push('an event was changed');
  for (const [id, row] of before.sessions) {
    if (row === after.sessions.get(id)) continue;
    const { session, endRecordedAt } = row;
    const now = after.sessions.get(id)?.session;
    if (now === undefined) broken.push(`session ${id} is gone`);
    else if (
      session.state === 'ended' &&
      JSON.stringify(finalFacts(session)) !== JSON.stringify(finalFacts(now))
    )
      broken.push(`session ${id} changed after its end`);
    else if (endRecordedAt !== null && endRecordedAt !== after.sessions.get(id)?.endRecordedAt)
      broken.push(`the end of session ${id} was recorded twice`);
  }
  return broken;
}

const finalFacts = ({ unitsUsed: _refundsReduceIt, ...facts }: Session) => facts;

/** A refund is taken back once, by one unit of the grant to which it was given, and after it. */
function brokenTakeBacks({ entries }: Tables): string[] {
  const broken: string[] = [];
  const seen = new Set<number>();
  for (const [index, { id, entry }] of entries.entries()) {
    const { takesBack } = entry;
    if (takesBack === null) continue;
    const refund = entries.slice(0, index).find((row) => row.id === takesBack)?.entry;
    const isSound = entry.kind === 'adjustment' && entry.units === -1;
    if (!isSound || refund?.kind !== 'refund' || refund.grantId !== entry.grantId)
      broken.push(`entry ${id} takes back ${takesBack}, which is no refund of its grant`);
    if (seen.has(takesBack)) broken.push(`refund ${takesBack} was taken back twice`);
    seen.add(takesBack);
  }
  return broken;
}

/** Everything that an administrator changed has one action that says who did it. */
function brokenTellings({ entries, sessions, actions }: Tables): string[] {
  const byAdmin = entries.filter(({ actor }) => actor.role === 'admin').map(({ entry }) => entry);
  const changed = {
    'session.ended': [...sessions.values()].filter(
      ({ session }) => session.state === 'ended' && session.endReason === 'admin_end',
    ),
    'charge.refunded': byAdmin.filter(({ kind }) => kind === 'refund'),
    'refund.taken_back': byAdmin.filter(({ takesBack }) => takesBack !== null),
    'grant.adjusted': byAdmin.filter(
      ({ kind, reason, takesBack }) => kind === 'adjustment' && reason === 'correction' && takesBack === null,
    ),
    'grant.created': byAdmin.filter(({ kind }) => kind === 'grant'),
  };
  return Object.entries(changed).flatMap(([name, { length }]) => {
    const recorded = actions.filter(({ action }) => action === name).length;
    return recorded === length
      ? []
      : [`"${name}" is recorded ${recorded} times, and happened ${length} times`];
  });
}

function brokenBalances({ grants, sessions, entries }: Tables): string[] {
  const broken: string[] = [];
  const sums = new Map<GrantId, number>();
  for (const { id, entry } of entries) {
    const sum = (sums.get(entry.grantId) ?? 0) + entry.units;
    sums.set(entry.grantId, sum);
    if (entry.balanceAfter !== sum) broken.push(`entry ${id} says ${entry.balanceAfter}, the ledger ${sum}`);
    if (sum < 0) broken.push(`grant ${entry.grantId} is at ${sum}`);
  }
  const active = [...sessions.values()].map(({ session }) => session).filter(isActive);
  for (const { id, held, remaining, unitsTotal } of grants.values()) {
    const holds = active.filter(({ heldOn }) => heldOn === id).length;
    if (!(held >= 0 && held <= remaining && remaining <= unitsTotal))
      broken.push(`grant ${id} has ${held} held of ${remaining} of ${unitsTotal}`);
    if (held !== holds) broken.push(`grant ${id} has ${held} held, for ${holds} sessions`);
    if (remaining !== (sums.get(id) ?? 0))
      broken.push(`grant ${id} has ${remaining}, its ledger ${sums.get(id)}`);
  }
  return broken;
}

function brokenNumbers({ sessions, entries, events, messages }: Tables): string[] {
  const broken: string[] = [];
  const expectGapless = (what: string, numbers: readonly (number | null)[]) => {
    if (numbers.some((number, index) => number !== index + 1))
      broken.push(`${what} numbered ${numbers.join()}`);
  };
  for (const [id, { session, eventCount, messageCount }] of sessions) {
    const ofSession = (row: { readonly sessionId: SessionId | null }) => row.sessionId === id;
    const numbersOf = (kind: 'charge' | 'refund') =>
      entries
        .map(({ entry }) => entry)
        .filter((entry) => entry.kind === kind && ofSession(entry))
        .map(({ intervalNo }) => intervalNo);
    const charged = numbersOf('charge');
    const refunded = numbersOf('refund');
    expectGapless(`charges of session ${id}`, charged);
    if (new Set(refunded).size < refunded.length) broken.push(`session ${id} was refunded twice for a block`);
    if (session.unitsUsed !== charged.length - refunded.length)
      broken.push(`session ${id} used ${session.unitsUsed}, of ${charged.length} less ${refunded.length}`);
    const byTheEnd = entries.filter(
      ({ entry }) => entry.kind === 'charge' && ofSession(entry) && entry.reason !== 'interval',
    ).length;
    if (byTheEnd !== (session.state === 'ended' ? session.endUnits : 0))
      broken.push(`the end of session ${id} charged ${byTheEnd}, and says otherwise`);
    const eventNumbers = events.filter(ofSession).map(({ eventNo }) => eventNo);
    expectGapless(`events of session ${id}`, eventNumbers);
    if (eventNumbers.length !== eventCount) broken.push(`session ${id} counts ${eventCount} events`);
    const messageNumbers = messages.filter(ofSession).map(({ messageNo }) => messageNo);
    expectGapless(`messages of session ${id}`, messageNumbers);
    if (messageNumbers.length !== messageCount) broken.push(`session ${id} counts ${messageCount} messages`);
  }
  return broken;
}

function brokenTimes({ sessions, entries, events }: Tables): string[] {
  const broken: string[] = [];
  for (const row of sessions.values()) broken.push(...brokenDeadline(row));
  for (const { id, entry, recordedAt } of entries)
    if (recordedAt < entry.effectiveAt) broken.push(`entry ${id} was written before it was due`);
  for (const { sessionId, eventNo, effectiveAt, recordedAt } of events)
    if (recordedAt < effectiveAt)
      broken.push(`event ${eventNo} of session ${sessionId} was written too early`);

  const latest = new Map<number, number>();
  for (const { id, entry } of entries) {
    if (entry.effectiveAt < (latest.get(entry.patientId) ?? 0)) broken.push(`entry ${id} is out of order`);
    latest.set(entry.patientId, entry.effectiveAt);
  }
  return broken;
}

/** The stored deadline may be early, never late: a late one would be an alarm that is never set. */
function brokenDeadline({ session, nextDeadlineAt, endRecordedAt }: StoredSession): string[] {
  if (session.state === 'ended')
    return endRecordedAt !== null && endRecordedAt >= session.endedAt
      ? []
      : [`${session.id} ended unrecorded`];

  const due = nextDeadline(session);
  return nextDeadlineAt !== null && nextDeadlineAt <= due
    ? []
    : [`session ${session.id} is due at ${due} and stored for ${nextDeadlineAt}`];
}

const isActive = (session: Session): session is ActiveSession => session.state === 'active';
