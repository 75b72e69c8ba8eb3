import type { Outcome, Row } from './row.ts';

/** What is wrong with what an experiment handed back, in words; empty where nothing is. */
export function faultsOf({ rows, curves = [] }: Outcome): readonly string[] {
  const nothing = rows.length + curves.length === 0 ? ['it measured nothing'] : [];
  const points = curves.flatMap(({ title, series }) =>
    series
      .filter(({ points: line }) => !line.flat().every(Number.isFinite))
      .map(({ name }) => `${title}, ${name}: a point is not a number`),
  );
  return [...nothing, ...rows.flatMap(faultsOfRow), ...points];
}

function faultsOfRow({ what, against, ours, floor, ratio, aim, cpuUs = {} }: Row): readonly string[] {
  const lists = [ours, floor ?? [], ratio ?? [], Object.values(cpuUs)];
  const checks: readonly (readonly [boolean, string])[] = [
    [ours.length > 0, 'it has no figure'],
    [lists.flat().every(Number.isFinite), 'a figure is not a number'],
    [ratio === null || ratio.length > 0, 'it has no ratio'],
    [aim?.of !== 'ratio' || ratio !== null, 'its aim is a ratio, and it has none'],
  ];
  return checks.filter(([isRight]) => !isRight).map(([, fault]) => `${what} (${against}): ${fault}`);
}
