import { spread } from '../ratio.ts';
import type { Aim, Row } from '../row.ts';
import { figure } from './figure.ts';
import { verdictOf } from './verdict.ts';

const HEAD = [
  '| what | against | ours | floor | ratio | aim | | processor time each, µs |',
  '|---|---|---|---|---|---|---|---|',
];

/** The table of all rows, in Markdown. */
export const tableOf = (rows: readonly Row[]): string => [...HEAD, ...rows.map(lineOf)].join('\n');

function lineOf(row: Row): string {
  const { what, against, unit, ours, floor, ratio, aim, cpuUs } = row;
  const cells = [
    what,
    against,
    spreadOf(ours, unit),
    floor === null ? '–' : spreadOf(floor, unit),
    ratio === null ? '–' : `**${figure(spread(ratio).median)}**${rangeOf(ratio)}`,
    aim === null ? '–' : aimInWords(aim, unit),
    verdictCell(row),
    cpuUs === undefined ? '–' : costs(cpuUs),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
}

function verdictCell(row: Row): string {
  const verdict = verdictOf(row);
  switch (verdict) {
    case 'met':
      return 'met';
    case 'missed':
      return '**missed**';
    case 'no aim':
      return '';
  }
}

const spreadOf = (values: readonly number[], unit: string): string =>
  `${figure(spread(values).median)}${unit === '' ? '' : ` ${unit}`}${rangeOf(values)}`;

/** The lowest and the highest round; nothing where there was one round only. */
function rangeOf(values: readonly number[]): string {
  const { min, max } = spread(values);
  return values.length < 2 ? '' : ` (${figure(min)} to ${figure(max)})`;
}

export function aimInWords({ of, least, most }: Aim, unit: string): string {
  const suffix = of === 'ratio' || unit === '' ? '' : ` ${unit}`;
  const bounds = [
    ...(least === undefined ? [] : [`≥ ${figure(least)}`]),
    ...(most === undefined ? [] : [`≤ ${figure(most)}`]),
  ];
  return `${of === 'ratio' ? 'ratio ' : ''}${bounds.join(' and ')}${suffix}`;
}

const costs = (cpuUs: Readonly<Record<string, number>>): string =>
  Object.entries(cpuUs)
    .map(([part, us]) => `${part} ${figure(us)}`)
    .join(', ');
