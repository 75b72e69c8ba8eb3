import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MUTANTS } from '../../tools/simulation/mutants/list.ts';
import { mutated } from '../../tools/simulation/mutants/mutant.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('the list of mutants', () => {
  const ofSource = MUTANTS.filter((mutant) => 'file' in mutant);

  test.each(ofSource.map((mutant) => [mutant.name, mutant] as const))(
    'fits the code as it is: %s',
    (_name, mutant) => {
      const source = readFileSync(join(ROOT, mutant.file), 'utf8');

      expect(mutated(source, mutant)).not.toBe(source);
    },
  );

  test('names each mutant once', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });

  test('would be found out where it no longer fits', () => {
    const mutant = { name: 'made up', file: 'a.ts', find: 'b', replace: 'c' };

    expect(() => mutated('a', mutant)).toThrow('a.ts has 0 places');
    expect(() => mutated('bb', mutant)).toThrow('a.ts has 2 places');
    expect(mutated('abd', mutant)).toBe('acd');
  });
});
