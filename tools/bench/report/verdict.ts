import { median } from '../ratio.ts';
import type { Aim, Row } from '../row.ts';

export type Verdict = 'met' | 'missed' | 'no aim';

/** By the medians; a bound that is reached is met. A row whose figures cannot be judged has missed. */
export function verdictOf(row: Row): Verdict {
  const { aim } = row;
  if (aim === null) return 'no aim';
  const judged = median(judgedBy(aim, row));
  return judged >= (aim.least ?? -Infinity) && judged <= (aim.most ?? Infinity) ? 'met' : 'missed';
}

const judgedBy = (aim: Aim, row: Row): readonly number[] =>
  aim.of === 'ratio' ? (row.ratio ?? []) : row.ours;

/** What a missed aim is explained under. */
export const titleOf = ({ what, against }: Row): string => (against === '–' ? what : `${what} / ${against}`);
