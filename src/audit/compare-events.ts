import { reasonOf } from './compare-ledger.ts';
import { type Difference, type EventField, shown, shownInstant } from './difference.ts';
import { type AccountHistory, type StoredEvent, type StoredSession, wholeNumber, word } from './history.ts';
import type { LedgerEntry, SessionFigures } from './reference-model/naive-types.ts';
import type { Recomputed } from './recompute.ts';

/** A session's audit log against what the rules make of it: no number left out, and each line true. */
export function compareEvents(
  { patientId, lowBalanceSince }: Pick<AccountHistory, 'patientId' | 'lowBalanceSince'>,
  session: StoredSession,
  events: readonly StoredEvent[],
  made: Recomputed,
): readonly Difference[] {
  const { sessionId } = session;
  const charges = made.charges.get(sessionId) ?? new Map<number, LedgerEntry>();
  const refunds = made.refunds.get(sessionId) ?? new Map<number, LedgerEntry>();
  const logged = { deduction: new Set<number>(), refund: new Set<number>() };
  const figures = made.result.sessions[sessionId];
  const lines = events.flatMap((event) => {
    switch (event.type) {
      case 'deduction':
        return compareUnit(event, charges, logged.deduction);
      case 'refund':
        return compareUnit(event, refunds, logged.refund);
      case 'ended':
        return compareEnd(event, figures, charges);
      case 'low_balance':
        return compareLowBalance(event, events, session, figures);
      default:
        return [];
    }
  });
  const location = { patientId, sessionId, grantId: null };
  const rows = [
    ...numbersLeftOut(session, events),
    ...lines,
    ...unlogged('deduction', charges, logged.deduction),
    ...unlogged('refund', refunds, logged.refund),
    ...unloggedEnd(events, figures),
    ...unloggedLowBalances(events, figures, lowBalanceSince),
  ];
  return rows.map((row) => Object.assign(row, location));
}

type Row =
  Extract<Difference, { kind: `event_${string}` }> extends infer Each
    ? Each extends Difference
      ? Omit<Each, 'patientId' | 'sessionId' | 'grantId'>
      : never
    : never;

function numbersLeftOut(session: StoredSession, events: readonly StoredEvent[]): readonly Row[] {
  const there = new Set(events.map(({ eventNo }) => eventNo));
  const last = Math.max(session.eventCount, events.at(-1)?.eventNo ?? 0);
  const missing: Row[] = [];
  for (let eventNo = 1; eventNo <= last; eventNo += 1)
    if (!there.has(eventNo))
      missing.push({ kind: 'event_missing', eventNo, expected: `event ${eventNo}`, found: 'none' });
  return missing;
}

function compareUnit(
  event: StoredEvent,
  made: ReadonlyMap<number, LedgerEntry>,
  logged: Set<number>,
): readonly Row[] {
  const { eventNo, data } = event;
  const intervalNo = wholeNumber(data, 'interval_no') ?? 0;
  const expected = made.get(intervalNo);
  const isRepeated = logged.has(intervalNo);
  logged.add(intervalNo);
  if (expected === undefined || isRepeated) {
    const found = `${event.type} ${intervalNo} at ${shownInstant(event.effectiveAt)}`;
    return [{ kind: 'event_not_due', eventNo, expected: 'none', found }];
  }
  return differences(eventNo, [
    ['grant_id', shown(expected.grantId), shown(wholeNumber(data, 'grant_id'))],
    ['reason', reasonOf(expected), shown(word(data, 'reason'))],
    ['effective_at', shownInstant(expected.effectiveAt), shownInstant(event.effectiveAt)],
    ['units', '1', shown(wholeNumber(data, 'units'))],
  ]);
}

function compareEnd(
  event: StoredEvent,
  figures: SessionFigures | undefined,
  charges: ReadonlyMap<number, LedgerEntry>,
): readonly Row[] {
  const { eventNo, data } = event;
  if (figures === undefined || figures.endedAt === null)
    return [
      {
        kind: 'event_not_due',
        eventNo,
        expected: 'none',
        found: `ended at ${shownInstant(event.effectiveAt)}`,
      },
    ];
  return differences(eventNo, [
    ['reason', shown(figures.endReason), shown(word(data, 'reason'))],
    ['effective_at', shownInstant(figures.endedAt), shownInstant(event.effectiveAt)],
    ['units', shown(endUnits(figures, charges)), shown(wholeNumber(data, 'units'))],
    [
      'last_activity_ms',
      shownInstant(figures.lastActivityAt),
      shownInstant(wholeNumber(data, 'last_activity_ms')),
    ],
  ]);
}

/** What the end itself charged: the charge that bears its reason. */
export const endUnits = (figures: SessionFigures, charges: ReadonlyMap<number, LedgerEntry>): number =>
  [...charges.values()].filter(({ reason }) => reason === figures.endReason).length;

const differences = (
  eventNo: number,
  fields: readonly (readonly [field: EventField, expected: string, found: string])[],
): readonly Row[] =>
  fields
    .filter(([, expected, found]) => expected !== found)
    .map(([field, expected, found]) => ({ kind: 'event_differs', eventNo, field, expected, found }));

const unlogged = (
  type: 'deduction' | 'refund',
  made: ReadonlyMap<number, LedgerEntry>,
  logged: ReadonlySet<number>,
): readonly Row[] =>
  [...made]
    .filter(([intervalNo]) => !logged.has(intervalNo))
    .map(([intervalNo, { effectiveAt }]) => ({
      kind: 'event_missing',
      eventNo: null,
      expected: `${type} ${intervalNo} at ${shownInstant(effectiveAt)}`,
      found: 'none',
    }));

function unloggedEnd(events: readonly StoredEvent[], figures: SessionFigures | undefined): readonly Row[] {
  if (figures === undefined || figures.endedAt === null) return [];
  if (events.some(({ type }) => type === 'ended')) return [];
  const expected = `ended (${figures.endReason}) at ${shownInstant(figures.endedAt)}`;
  return [{ kind: 'event_missing', eventNo: null, expected, found: 'none' }];
}

/** The session had entered its last funded block just then, and said so once; what it says is that block's end. */
function compareLowBalance(
  event: StoredEvent,
  events: readonly StoredEvent[],
  { policy }: StoredSession,
  figures: SessionFigures | undefined,
): readonly Row[] {
  const { eventNo, effectiveAt } = event;
  const first = events.find((other) => other.type === 'low_balance' && other.effectiveAt === effectiveAt);
  if (figures?.lowBalanceAt.includes(effectiveAt) !== true || first !== event) {
    const found = `low_balance at ${shownInstant(effectiveAt)}`;
    return [{ kind: 'event_not_due', eventNo, expected: 'none', found }];
  }
  const blockEnd = effectiveAt + (wholeNumber(policy, 'intervalMs') ?? 0);
  const fundedUntil = wholeNumber(event.data, 'funded_until_ms');
  return differences(eventNo, [['funded_until_ms', shownInstant(blockEnd), shownInstant(fundedUntil)]]);
}

function unloggedLowBalances(
  events: readonly StoredEvent[],
  figures: SessionFigures | undefined,
  since: number | null,
): readonly Row[] {
  if (figures === undefined || since === null) return [];
  const logged = new Set(
    events.filter(({ type }) => type === 'low_balance').map(({ effectiveAt }) => effectiveAt),
  );
  return figures.lowBalanceAt
    .filter((at) => at >= since && !logged.has(at))
    .map((at) => ({
      kind: 'event_missing',
      eventNo: null,
      expected: `low_balance at ${shownInstant(at)}`,
      found: 'none',
    }));
}
