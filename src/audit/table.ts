import type { AuditSummary } from './audit.ts';
import { type Drift, shown, topicOf } from './difference.ts';

/** Drift as a table for people: one line a row, wide enough for what is usual. */

const COLUMNS: readonly (readonly [title: string, width: number, cell: (drift: Drift) => string])[] = [
  ['patient', 8, ({ patientId }) => shown(patientId)],
  ['session', 8, ({ sessionId }) => shownOrDash(sessionId)],
  ['grant', 8, ({ grantId }) => shownOrDash(grantId)],
  ['what', 34, topicOf],
  ['expected', 30, ({ expected }) => expected],
  ['found', 0, ({ found }) => found],
];

const shownOrDash = (id: number | null): string => (id === null ? '-' : String(id));

const lineOf = (cells: readonly string[]): string =>
  cells
    .map((cell, i) => cell.padEnd(COLUMNS[i]?.[1] ?? 0))
    .join('  ')
    .trimEnd();

export const tableHead = (): string => lineOf(COLUMNS.map(([title]) => title));

export const tableRow = (drift: Drift): string => lineOf(COLUMNS.map(([, , cell]) => cell(drift)));

/** What was looked at, and what came of it, in one sentence. */
export function summaryLine(summary: AuditSummary, seconds: number): string {
  const { accounts, sessions, entries, events, differences } = summary;
  return (
    `${counted(accounts, 'account')}, ${counted(sessions, 'session')}, ` +
    `${counted(entries, 'ledger entry', 'ledger entries')} and ${counted(events, 'event')} ` +
    `read in ${seconds.toFixed(1)} s: ${counted(differences, 'difference')}`
  );
}

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
