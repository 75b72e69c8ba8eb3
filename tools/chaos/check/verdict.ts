import type { Incident } from '../fault.ts';
import type { Journal } from '../load/journal.ts';
import { compareCharges, type WrongCharge } from './charges.ts';
import { checkJournal } from './check-journal.ts';
import { checkLedger } from './check-ledger.ts';
import type { Records } from './records.ts';

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

/** `names` in the order of the rows. `found`: differences that were found elsewhere. */
export function judge(
  names: readonly string[],
  incidents: readonly Incident[],
  records: Records,
  journal: Pick<Journal, 'lines' | 'keys'>,
  found: readonly string[],
): Verdict {
  const wrong = compareCharges(records);
  const written = writtenByItself(records);
  const blamed = wrong.map((charge) => ({ charge, incident: incidentAt(charge.dueMs, incidents) }));
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
    deductions: records.entries.filter(({ kind }) => kind === 'charge').length,
    sessions: records.sessions.length,
    differences: [
      ...blamed.map(({ charge, incident }) => `${charge.words} (${nameOf(incident)})`),
      ...checkLedger(records),
      ...checkJournal(journal, records),
      ...incidents.flatMap(({ number, fault, recoveredMs, problems }) => [
        ...(recoveredMs === null ? [`fault ${number}, ${fault}: it did not recover in time`] : []),
        ...problems.map((problem) => `fault ${number}, ${fault}: ${problem}`),
      ]),
      ...found,
    ],
  };
}

/**
 * The fault in whose time this was due: the last one that had begun by then and was not over and recovered. Null:
 * no fault explains it.
 */
const incidentAt = (dueMs: number, incidents: readonly Incident[]): Incident | null =>
  incidents.findLast(
    ({ startMs, recoveredMs }) => startMs <= dueMs && (recoveredMs === null || dueMs <= recoveredMs),
  ) ?? null;

/** Something that was due by itself, and when it was written. */
interface Written {
  readonly recordedMs: number;
  readonly latenessMs: number;
}

const BY_PEOPLE = new Set(['manual_end', 'admin_end']);

/** Every deduction and every end that no person made. */
function writtenByItself({ entries, sessions }: Pick<Records, 'entries' | 'sessions'>): readonly Written[] {
  const deductions = entries
    .filter(({ kind, reason }) => kind === 'charge' && !BY_PEOPLE.has(reason))
    .map(({ recordedMs, effectiveMs }) => ({ recordedMs, latenessMs: recordedMs - effectiveMs }));
  const ends = sessions.flatMap(({ endedMs, endRecordedMs, endReason }) =>
    endedMs === null || endRecordedMs === null || BY_PEOPLE.has(endReason ?? '')
      ? []
      : [{ recordedMs: endRecordedMs, latenessMs: endRecordedMs - endedMs }],
  );
  return [...deductions, ...ends];
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
