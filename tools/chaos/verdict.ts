import { blame } from './check/blame.ts';
import type { Books } from './check/books.ts';
import { checkJournal } from './check/check-journal.ts';
import { checkLedger } from './check/check-ledger.ts';
import { compareCharges, type WrongCharge } from './check/compare-charges.ts';
import { writtenByItself } from './check/lateness.ts';
import type { Incident } from './incident.ts';
import type { Journal } from './load/journal.ts';

/** One kind of fault, over the whole run. */
export interface FaultRow {
  readonly fault: string;
  readonly times: number;
  readonly lost: number;
  readonly doubled: number;
  readonly longestLatenessMs: number;
  readonly recoveryMs: { readonly median: number; readonly longest: number };
  /** Of acknowledged requests; null where it was not measured. */
  readonly during: number | null;
  readonly afterToBefore: number | null;
}

export interface Verdict {
  readonly rows: readonly FaultRow[];
  /** Wrong deductions that were due in peace: no fault explains them. */
  readonly inPeace: { readonly lost: number; readonly doubled: number };
  readonly longestLatenessMs: number;
  readonly deductions: number;
  readonly sessions: number;
  /** Empty: everything is as it must be. */
  readonly differences: readonly string[];
}

/** `names` in the order of the rows. `found` are differences that others have found. */
export function judge(
  names: readonly string[],
  incidents: readonly Incident[],
  books: Books,
  journal: Pick<Journal, 'lines' | 'keys'>,
  found: readonly string[],
): Verdict {
  const wrong = compareCharges(books);
  const written = writtenByItself(books);
  const blamed = wrong.map((charge) => ({ charge, incident: blame(charge.dueMs, incidents) }));
  const count = (kind: WrongCharge['kind'], fault: string | null): number =>
    blamed.filter(({ charge, incident }) => charge.kind === kind && (incident?.fault ?? null) === fault)
      .length;
  const rows = names.flatMap((fault): readonly FaultRow[] => {
    const own = incidents.filter((incident) => incident.fault === fault);
    if (own.length === 0) return [];
    const late = written
      .filter(({ recordedMs }) => own.some((incident) => isDuring(recordedMs, incident)))
      .map(({ latenessMs }) => latenessMs);
    const recoveries = own.map(({ endMs, recoveredMs }) =>
      recoveredMs === null ? Number.POSITIVE_INFINITY : Math.max(0, recoveredMs - endMs),
    );
    return [
      {
        fault,
        times: own.length,
        lost: count('lost', fault),
        doubled: count('doubled', fault),
        longestLatenessMs: largest(late),
        recoveryMs: { median: median(recoveries) ?? 0, longest: largest(recoveries) },
        during: median(own.flatMap(({ rateDuring, rateBefore }) => ratio(rateDuring, rateBefore))),
        afterToBefore: median(own.flatMap(({ rateAfter, rateBefore }) => ratio(rateAfter, rateBefore))),
      },
    ];
  });
  return {
    rows,
    inPeace: { lost: count('lost', null), doubled: count('doubled', null) },
    longestLatenessMs: largest(written.map(({ latenessMs }) => latenessMs)),
    deductions: books.entries.filter(({ kind }) => kind === 'charge').length,
    sessions: books.sessions.length,
    differences: [
      ...blamed.map(({ charge, incident }) => `${charge.words} (${nameOf(incident)})`),
      ...checkLedger(books),
      ...checkJournal(journal, books),
      ...incidents.flatMap(({ number, fault, recoveredMs, problems }) => [
        ...(recoveredMs === null ? [`fault ${number}, ${fault}: it did not recover in time`] : []),
        ...problems.map((problem) => `fault ${number}, ${fault}: ${problem}`),
      ]),
      ...found,
    ],
  };
}

const nameOf = (incident: Incident | null): string =>
  incident === null ? 'due in peace' : `during fault ${incident.number}, ${incident.fault}`;

const isDuring = (atMs: number, { startMs, recoveredMs }: Incident): boolean =>
  startMs <= atMs && atMs <= (recoveredMs ?? Number.POSITIVE_INFINITY);

const ratio = (value: number | null, base: number | null): readonly number[] =>
  value === null || base === null || base === 0 ? [] : [value / base];

/** A list may be too long to be spread. */
const largest = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, value), 0);

function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}
