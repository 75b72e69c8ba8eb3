import type { Column } from '../../kit/table.ts';
import type { FaultRow } from '../verdict.ts';

export const COLUMNS: readonly Column[] = [
  { title: 'fault', align: 'left' },
  { title: 'times', align: 'right' },
  { title: 'lost', align: 'right', group: 'deductions' },
  { title: 'doubled', align: 'right', group: 'deductions' },
  { title: 'longest lateness', align: 'right' },
  { title: 'median', align: 'right', group: 'recovery, s' },
  { title: 'longest', align: 'right', group: 'recovery, s' },
  { title: 'during', align: 'right', group: 'throughput' },
  { title: 'after', align: 'right', group: 'throughput' },
];

export const cellsOf = (row: FaultRow): readonly string[] => [
  row.fault,
  String(row.times),
  String(row.lost),
  String(row.doubled),
  `${seconds(row.longestLatenessMs)} s`,
  seconds(row.recoveryMs.median),
  seconds(row.recoveryMs.longest),
  share(row.during),
  share(row.afterToBefore),
];

const seconds = (ms: number): string => (Number.isFinite(ms) ? (ms / 1000).toFixed(1) : 'never');
const share = (value: number | null): string => (value === null ? '–' : value.toFixed(2));
