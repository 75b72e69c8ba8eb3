/** What would make a simulation hang on more than its seed: the clock, chance, timers, the world outside. */
import { describe, expect, test } from 'vitest';
import { importsOf, packageOf } from '../structure/imports.ts';
import { allFiles, type SourceFile } from '../structure/source-files.ts';
import { codeOf } from '../structure/source-text.ts';

/** What is told: the plan, the world, the database and the judge. Around it are the programs that a person starts. */
const isTold = ({ path }: SourceFile): boolean =>
  /^tools\/(?:simulation\/(?:plan|world|check|shrink)|kit\/(?:memory-database|random|invariants))/.test(
    path,
  ) && !path.endsWith('/skewed-clocks.ts');

const WORLD =
  /\b(?:Date|performance|crypto|fetch|console|setTimeout|setInterval)\b|\bprocess\.(?:env|argv|exit|hrtime|std)|\bMath\.random\b|^let\b/;

const placesIn = ({ path, text }: SourceFile): readonly string[] =>
  codeOf(text)
    .split('\n')
    .flatMap((line, index) => (WORLD.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : []));

describe('what a simulation tells', () => {
  const told = allFiles().filter(isTold);

  test('reads no clock, draws no chance but its own, and knows no world outside', () => {
    expect(told.length).toBeGreaterThan(25);
    expect(told.flatMap(placesIn)).toEqual([]);
  });

  test('is made of no package and of nothing of Node', () => {
    const packages = told.flatMap(({ path, text }) =>
      importsOf(text)
        .filter((found) => packageOf(found) !== null || found.specifier.startsWith('node:'))
        .map(({ specifier }) => `${path} ${specifier}`),
    );

    expect(packages).toEqual([]);
  });

  test.each(['const now = Date.now();', 'await setTimeout(5);', 'Math.random();', 'let runs = 0;'])(
    'would be found out by %j',
    (text) => {
      expect(placesIn({ path: 'tools/simulation/world/made-up.ts', text })).toHaveLength(1);
    },
  );
});
