/** `npm run simulate`: the engine against the naive model, through everything that can go wrong, on one seed after the other. */
import { parseArguments, USAGE } from './arguments.ts';
import { makePlan } from './plan/make-plan.ts';
import { planInWords, reportFailure } from './report-failure.ts';
import { runSeeds } from './run-seeds.ts';
import { simulate } from './world/simulate.ts';

async function tellSeed(seed: number): Promise<void> {
  const plan = makePlan(seed);
  const { lines, failure, hash } = await simulate(plan);
  console.log([`Seed ${seed}:`, ...planInWords(plan), '', ...lines, ''].join('\n'));
  if (failure === null) {
    console.log(`Nothing went wrong. The hash of all this is ${hash}.`);
    return;
  }
  console.log(`${failure.kind}: ${failure.message}\n\nWith as little as is enough:\n`);
  console.log(await reportFailure(seed, failure));
  process.exitCode = 1;
}

async function tellSeeds(from: number, seeds: number): Promise<void> {
  const startedAt = performance.now();
  const minutes = (): number => (performance.now() - startedAt) / 60_000;
  const progress = progressOf(seeds, minutes);
  const done = await runSeeds(from, seeds, progress.tell);
  progress.end();
  if (done.failed !== null) {
    console.log(await reportFailure(done.failed.seed, done.failed.failure));
    process.exitCode = 1;
    return;
  }
  const perMinute = Math.round(done.seeds / minutes());
  console.log(covered(done.counts));
  console.log(
    `\n${done.seeds} seeds, ${from} to ${from + seeds - 1}, ${perMinute} a minute on two threads: the engine and the model agreed everywhere.`,
  );
  console.log('Next: npm run simulate:mutants shows that this would have noticed; --from takes other seeds.');
}

/** What was met, how often. */
function covered(counts: ReadonlyMap<string, number>): string {
  const rows = [...counts].sort(([a], [b]) => a.localeCompare(b));
  const width = Math.max(...rows.map(([what]) => what.length));
  return ['Met on the way:', ...rows.map(([what, count]) => `  ${what.padEnd(width)}  ${count}`)].join('\n');
}

/** One line that is written over on a terminal; elsewhere a line every so often. */
function progressOf(seeds: number, minutes: () => number) {
  const { isTTY } = process.stderr;
  const everySeeds = Math.max(1, Math.floor(seeds / 10));
  let shown = 0;
  return {
    tell: (done: number): void => {
      if (!isTTY && done < shown + everySeeds) return;
      shown = done;
      const line = `${done} of ${seeds} seeds, ${Math.round(done / minutes())} a minute`;
      process.stderr.write(isTTY ? `\r${line}` : `${line}\n`);
    },
    end: (): void => {
      if (isTTY) process.stderr.write('\n');
    },
  };
}

const asked = parseArguments(process.argv.slice(2));
switch (asked.kind) {
  case 'help':
    console.log(USAGE);
    break;
  case 'mistake':
    console.error(`${asked.message}\n\n${USAGE}`);
    process.exitCode = 2;
    break;
  case 'seed':
    await tellSeed(asked.seed);
    break;
  case 'seeds':
    await tellSeeds(asked.from, asked.seeds);
    break;
}
