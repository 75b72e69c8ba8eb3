import { MUTANTS_OF_THE_DATABASE } from './of-the-database.ts';
import { MUTANTS_OF_THE_PATH } from './of-the-path.ts';
import { MUTANTS_OF_THE_RULES } from './of-the-rules.ts';
import type { Mutant } from './mutant.ts';

/** Every deliberate fault that the simulation has to find. */
export const MUTANTS: readonly Mutant[] = [
  ...MUTANTS_OF_THE_RULES,
  ...MUTANTS_OF_THE_PATH,
  ...MUTANTS_OF_THE_DATABASE,
];
