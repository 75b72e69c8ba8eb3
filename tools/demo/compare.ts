import { type EntryAnswer, msOf, type Status } from '../kit/answers.ts';
import type { Recorder } from './recorder.ts';
import type { Due, Fixture } from './scenario.ts';

/** An entry as the ledger holds it. Instants in milliseconds since 1970. */
export interface LedgerEntry {
  readonly kind: string;
  readonly reason: string;
  readonly block: number | null;
  readonly grantId: number;
  readonly units: number;
  readonly dueMs: number;
  readonly recordedMs: number;
  readonly left: number;
}

export const entryOf = (entry: EntryAnswer): LedgerEntry => ({
  kind: entry.kind,
  reason: entry.reason,
  block: entry.interval_no,
  grantId: entry.grant_id,
  units: entry.units,
  dueMs: msOf(entry.effective_at),
  recordedMs: msOf(entry.recorded_at),
  left: entry.balance_after,
});

/** What the product says of one scenario, asked through its routes. */
export interface Found {
  /** Of the patient, in the order of writing. */
  readonly ledger: readonly LedgerEntry[];
  readonly status: Status;
}

/** An entry that the rules demand, with the instant and the subscription that were meant. */
export type DueEntry = Omit<LedgerEntry, 'recordedMs'>;

/** An entry that the rules demand beside the one that the ledger holds for it. */
export interface Row {
  readonly expected: DueEntry | null;
  readonly actual: LedgerEntry | null;
}

export interface Ending {
  readonly reason: string | null;
  readonly endedMs: number | null;
  readonly unitsUsed: number;
  readonly unitsLeft: number;
}

export interface Verdict {
  readonly fixture: Fixture;
  readonly startMs: number;
  readonly rows: readonly Row[];
  readonly expectedEnding: Ending;
  readonly actualEnding: Ending;
  /** Each says in one line where product and rules disagree. Empty: they agree. */
  readonly differences: readonly string[];
}

export function compare(
  fixture: Fixture,
  recorder: Pick<Recorder, 'instants' | 'complaints'>,
  { ledger, status }: Found,
): Verdict {
  const { expected } = fixture.scenario;
  const startMs = instantOf({ after: 'start', ms: 0 }, recorder.instants);
  const entries = expected.ledger.map(({ grant, due, ...entry }) => ({
    ...entry,
    grantId: fixture.grantIds[grant],
    dueMs: instantOf(due, recorder.instants),
  }));
  const rows = pair(entries, ledger);
  const expectedEnding: Ending = {
    reason: expected.end.reason,
    endedMs: instantOf(expected.end.due, recorder.instants),
    unitsUsed: expected.unitsUsed,
    unitsLeft: expected.unitsLeft,
  };
  const actualEnding: Ending = {
    reason: status.is_ended ? status.end_reason : null,
    endedMs: status.ended_at === null ? null : msOf(status.ended_at),
    unitsUsed: status.sessions_used,
    unitsLeft: status.remaining_sessions,
  };
  const differences = [
    ...recorder.complaints,
    ...rows.flatMap((row) => differencesIn(row, startMs)),
    ...differencesBetween(expectedEnding, actualEnding, startMs),
  ];
  return { fixture, startMs, rows, expectedEnding, actualEnding, differences };
}

/** The instant that is meant. Throws where nothing of that name has happened. */
export function instantOf(due: Due, instants: ReadonlyMap<string, number>): number {
  const fromMs = instants.get(due.after);
  if (fromMs === undefined) throw new Error(`the rules count from "${due.after}", which has not happened`);
  return fromMs + due.ms;
}

/** Seconds since the session's start, as they are shown everywhere. */
export function secondsSince(startMs: number, atMs: number): string {
  const seconds = ((atMs - startMs) / 1000).toFixed(3);
  return atMs < startMs ? seconds : `+${seconds}`;
}

/** Entries belong together that say the same of the same block; each finds at most one. */
function pair(expected: readonly DueEntry[], actual: readonly LedgerEntry[]): Row[] {
  const left = [...actual];
  const rows = expected.map((entry): Row => {
    const index = left.findIndex((candidate) => nameOf(candidate) === nameOf(entry));
    const [found] = index === -1 ? [] : left.splice(index, 1);
    return { expected: entry, actual: found ?? null };
  });
  return [...rows, ...left.map((entry): Row => ({ expected: null, actual: entry }))];
}

function nameOf({ kind, reason, block, grantId }: DueEntry): string {
  const where = block === null ? '' : ` of block ${block}`;
  return `${kind}${where} (${reason}) in grant ${grantId}`;
}

function differencesIn({ expected, actual }: Row, startMs: number): string[] {
  if (actual === null) return expected === null ? [] : [`missing: ${describe(expected, startMs)}`];
  const name = nameOf(actual);
  const early =
    actual.recordedMs < actual.dueMs
      ? [`${name}: written ${actual.dueMs - actual.recordedMs} ms before it was due`]
      : [];
  if (expected === null) return [`not in the rules: ${describe(actual, startMs)}`, ...early];
  const said = (what: string, rule: string | number, found: string | number): string[] =>
    rule === found ? [] : [`${name}: ${what} ${rule} by the rules, ${found} in the ledger`];
  return [
    ...said('units', expected.units, actual.units),
    ...said('due', secondsSince(startMs, expected.dueMs), secondsSince(startMs, actual.dueMs)),
    ...said('units left', expected.left, actual.left),
    ...early,
  ];
}

function describe(entry: DueEntry, startMs: number): string {
  return `${nameOf(entry)}, units ${entry.units}, due ${secondsSince(startMs, entry.dueMs)}`;
}

function differencesBetween(expected: Ending, found: Ending, startMs: number): string[] {
  const when = (atMs: number | null): string => (atMs === null ? 'never' : secondsSince(startMs, atMs));
  const said = (what: string, rule: string | number, answer: string | number): string[] =>
    rule === answer ? [] : [`${what}: ${rule} by the rules, ${answer} by the session's status`];
  return [
    ...said('end', expected.reason ?? 'none', found.reason ?? 'none'),
    ...said('ended', when(expected.endedMs), when(found.endedMs)),
    ...said('units used', expected.unitsUsed, found.unitsUsed),
    ...said('units left', expected.unitsLeft, found.unitsLeft),
  ];
}
