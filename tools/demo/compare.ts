import type { Status } from './answers.ts';
import { msOf } from './answers.ts';
import type { Casting } from './casting.ts';
import type { LedgerEntry } from './clinic.ts';
import type { Due } from './story.ts';
import type { Witness } from './witness.ts';

/** What the product says of one story, asked through its routes. */
export interface Found {
  /** Of the patient, in the order of writing. */
  readonly ledger: readonly LedgerEntry[];
  readonly status: Status;
}

/** An entry that the rules demand, with the instant and the subscription that were meant. */
export type DueEntry = Omit<LedgerEntry, 'recordedMs'>;

/** An entry that the rules demand beside the one that the ledger holds for it. */
export interface Row {
  readonly ruled: DueEntry | null;
  readonly held: LedgerEntry | null;
}

export interface Ending {
  readonly reason: string | null;
  readonly endedMs: number | null;
  readonly unitsUsed: number;
  readonly unitsLeft: number;
}

export interface Verdict {
  readonly casting: Casting;
  readonly startMs: number;
  readonly rows: readonly Row[];
  readonly ruledEnding: Ending;
  readonly foundEnding: Ending;
  /** Each says in one line where product and rules disagree. Empty: they agree. */
  readonly differences: readonly string[];
}

export function compare(
  casting: Casting,
  witness: Pick<Witness, 'instants' | 'complaints'>,
  { ledger, status }: Found,
): Verdict {
  const { rules } = casting.story;
  const startMs = instantOf({ after: 'start', ms: 0 }, witness.instants);
  const ruled = rules.ledger.map(({ grant, due, ...entry }) => ({
    ...entry,
    grantId: casting.grantIds[grant],
    dueMs: instantOf(due, witness.instants),
  }));
  const rows = pair(ruled, ledger);
  const ruledEnding: Ending = {
    reason: rules.end.reason,
    endedMs: instantOf(rules.end.due, witness.instants),
    unitsUsed: rules.unitsUsed,
    unitsLeft: rules.unitsLeft,
  };
  const foundEnding: Ending = {
    reason: status.is_ended ? status.end_reason : null,
    endedMs: status.ended_at === null ? null : msOf(status.ended_at),
    unitsUsed: status.sessions_used,
    unitsLeft: status.remaining_sessions,
  };
  const differences = [
    ...witness.complaints,
    ...rows.flatMap((row) => differencesIn(row, startMs)),
    ...differencesBetween(ruledEnding, foundEnding, startMs),
  ];
  return { casting, startMs, rows, ruledEnding, foundEnding, differences };
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
function pair(ruled: readonly DueEntry[], held: readonly LedgerEntry[]): Row[] {
  const left = [...held];
  const rows = ruled.map((entry): Row => {
    const index = left.findIndex((candidate) => nameOf(candidate) === nameOf(entry));
    const [found] = index === -1 ? [] : left.splice(index, 1);
    return { ruled: entry, held: found ?? null };
  });
  return [...rows, ...left.map((entry): Row => ({ ruled: null, held: entry }))];
}

function nameOf({ kind, reason, block, grantId }: DueEntry): string {
  const where = block === null ? '' : ` of block ${block}`;
  return `${kind}${where} (${reason}) in grant ${grantId}`;
}

function differencesIn({ ruled, held }: Row, startMs: number): string[] {
  if (held === null) return ruled === null ? [] : [`missing: ${describe(ruled, startMs)}`];
  const name = nameOf(held);
  const early =
    held.recordedMs < held.dueMs
      ? [`${name}: written ${held.dueMs - held.recordedMs} ms before it was due`]
      : [];
  if (ruled === null) return [`not in the rules: ${describe(held, startMs)}`, ...early];
  const said = (what: string, rule: string | number, found: string | number): string[] =>
    rule === found ? [] : [`${name}: ${what} ${rule} by the rules, ${found} in the ledger`];
  return [
    ...said('units', ruled.units, held.units),
    ...said('due', secondsSince(startMs, ruled.dueMs), secondsSince(startMs, held.dueMs)),
    ...said('units left', ruled.left, held.left),
    ...early,
  ];
}

function describe(entry: DueEntry, startMs: number): string {
  return `${nameOf(entry)}, units ${entry.units}, due ${secondsSince(startMs, entry.dueMs)}`;
}

function differencesBetween(ruled: Ending, found: Ending, startMs: number): string[] {
  const when = (atMs: number | null): string => (atMs === null ? 'never' : secondsSince(startMs, atMs));
  const said = (what: string, rule: string | number, answer: string | number): string[] =>
    rule === answer ? [] : [`${what}: ${rule} by the rules, ${answer} by the session's status`];
  return [
    ...said('end', ruled.reason ?? 'none', found.reason ?? 'none'),
    ...said('ended', when(ruled.endedMs), when(found.endedMs)),
    ...said('units used', ruled.unitsUsed, found.unitsUsed),
    ...said('units left', ruled.unitsLeft, found.unitsLeft),
  ];
}
