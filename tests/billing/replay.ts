/** How a random test is run, and how a failure is run again: with the seed and the path that it printed. */
import * as fc from 'fast-check';

/**
 * Runs a property of that test file on `numRuns` random examples, or on as many as RULES_RUNS says. Every run draws
 * a new seed. RULES_SEED draws a certain one, and RULES_PATH with it goes straight to the smallest failing example.
 */
export async function holds<Example>(
  file: string,
  numRuns: number,
  property: fc.IRawProperty<Example>,
): Promise<void> {
  const { RULES_RUNS: runs, RULES_SEED: seed, RULES_PATH: path } = process.env;
  const run = await fc.check(property, {
    numRuns: runs === undefined ? numRuns : Number(runs),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(path === undefined ? {} : { path }),
  });
  if (!run.failed) return;
  const again = `RULES_SEED=${run.seed} RULES_PATH=${run.counterexamplePath ?? ''} npx vitest run ${file}`;
  const report = fc.defaultReportMessage(run) ?? 'the property was interrupted';
  throw new Error(`to see this failure again: ${again}\n${report}`, { cause: run.errorInstance });
}
