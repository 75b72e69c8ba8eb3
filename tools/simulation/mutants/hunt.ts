/**
 * One mutant in a process of its own: the source is changed while it is loaded, no file on disk is. Says on stdout
 * the number of each seed as it begins, and last what it found. Started by run-mutants.ts as
 * `node hunt.ts <index in the list> <seeds>`.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DatabaseBug } from '../../kit/memory-database/bug.ts';
import { MUTANTS } from './list.ts';
import { type Mutant, mutated, NOT_FOUND } from './mutant.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Changes the file as it is loaded, and gives back what the database is to be weakened by. */
function plant(mutant: Mutant): DatabaseBug | null {
  if ('bug' in mutant) return mutant.bug;
  const path = join(ROOT, mutant.file);
  const { href } = pathToFileURL(path);
  const source = mutated(readFileSync(path, 'utf8'), mutant);
  registerHooks({
    load: (url, context, nextLoad) =>
      url === href ? { format: 'module-typescript', source, shortCircuit: true } : nextLoad(url, context),
  });
  return null;
}

/** What a seed finds; null = nothing. */
type Search = (seed: number) => Promise<string | null>;

async function searchBySimulating(bug: DatabaseBug | null): Promise<Search> {
  const { simulate } = await import('../world/simulate.ts');
  const { makePlan } = await import('../plan/make-plan.ts');
  return async (seed) => {
    const { failure } = await simulate(makePlan(seed), bug);
    return failure === null ? null : `${failure.kind}: ${failure.message}`;
  };
}

async function searchFollowers(): Promise<Search> {
  const { checkFollowers } = await import('../followers/property.ts');
  return checkFollowers;
}

async function hunt(index: number, seeds: number): Promise<string> {
  const mutant = MUTANTS[index];
  if (mutant === undefined) throw new Error(`there is no mutant ${index}: the list has ${MUTANTS.length}`);
  const bug = plant(mutant);
  const search = await (mutant.isOfFollowers === true ? searchFollowers() : searchBySimulating(bug));
  for (let seed = 1; seed <= seeds; seed += 1) {
    process.stdout.write(`${seed}\n`);
    const found = await search(seed);
    if (found !== null) return found.replaceAll('\n', ' ');
  }
  return NOT_FOUND;
}

const [index, seeds] = process.argv.slice(2).map(Number);
process.stdout.write(await hunt(index ?? -1, seeds ?? 0));
