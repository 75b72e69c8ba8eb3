/**
 * One mutant in a process of its own: the source is changed while it is loaded, no file on disk is. Says on stdout
 * the number of each seed as it begins, and last what it found. Started by run-mutants.ts as
 * `node hunt.ts <place in the list> <seeds>`.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DatabaseBug } from '../../kit/memory-database/bug.ts';
import { MUTANTS } from './list.ts';
import { mutated, NOT_FOUND } from './mutant.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Changes the file as it is loaded, and gives back what the database is to be weakened by. */
function plant(place: number): DatabaseBug | null {
  const mutant = MUTANTS[place];
  if (mutant === undefined) throw new Error(`there is no mutant ${place}: the list has ${MUTANTS.length}`);
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

async function hunt(place: number, seeds: number): Promise<string> {
  const bug = plant(place);
  const { simulate } = await import('../world/simulate.ts');
  const { makePlan } = await import('../plan/make-plan.ts');
  for (let seed = 1; seed <= seeds; seed += 1) {
    process.stdout.write(`${seed}\n`);
    const { failure } = await simulate(makePlan(seed), bug);
    if (failure !== null) return `${failure.kind}: ${failure.message.replaceAll('\n', ' ')}`;
  }
  return NOT_FOUND;
}

const [place, seeds] = process.argv.slice(2).map(Number);
process.stdout.write(await hunt(place ?? -1, seeds ?? 0));
