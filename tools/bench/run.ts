import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withTimeout } from '../../src/async/timeout.ts';
import { installMissingPrograms, whyMissing } from '../kit/system-programs.ts';
import { parseArguments, type RunArguments, USAGE } from './arguments.ts';
import { type ExperimentPlan, EXPERIMENTS } from './experiments.ts';
import {
  type Experiment,
  type Figures,
  flawsOf,
  type Machine,
  readFigures,
  type Row,
  withExperiment,
  writeFigures,
} from './figures.ts';
import { describeMachine } from './machine.ts';
import { renderReport } from './report.ts';
import { openRig } from './rig.ts';
import { figure } from './statistics.ts';

// `npm run bench`: experiment by experiment, each on a PostgreSQL and a Redis of its own. What is measured is written
// at once, so that an experiment that fails takes nothing along.

const REPORT = join(import.meta.dirname, '../..', 'docs', 'performance.md');
const LIMITS = join(import.meta.dirname, 'limits.md');

const begun = performance.now();
const say = (line: string): void => {
  const seconds = Math.round((performance.now() - begun) / 1000);
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  process.stdout.write(`${clock.padStart(6)}  ${line}\n`);
};

/** @throws where it fails, takes much too long, or gives what is no figure. */
async function measure(plan: ExperimentPlan, settings: RunArguments): Promise<readonly Row[]> {
  const rig = await openRig();
  try {
    const work = plan.measure(rig, (line) => say(`  ${line}`), settings);
    const minutes = plan.minutes * Math.max(3, settings.rounds) + 1;
    const rows = await withTimeout(work, minutes * 60_000, `it was not done after ${minutes} minutes`);
    const flaws = flawsOf(rows);
    if (flaws.length > 0) throw new Error(flaws.join('; '));
    return rows;
  } finally {
    await rig.close();
  }
}

async function measured(
  plan: ExperimentPlan,
  settings: RunArguments,
  facts: { readonly at: string; readonly machine: Machine },
): Promise<Experiment> {
  const start = performance.now();
  const { rounds, isQuick } = settings;
  const outcome = await measure(plan, settings).catch((error: unknown) => {
    say(`  FAILED: ${error instanceof Error ? error.stack : String(error)}`);
    // The first line says what; the rest was printed above.
    return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  });
  return {
    ...facts,
    name: plan.name,
    rounds,
    isQuick,
    seconds: Math.round((performance.now() - start) / 1000),
    failure: typeof outcome === 'string' ? outcome : null,
    rows: typeof outcome === 'string' ? [] : [...outcome],
  };
}

async function machineNow(): Promise<Machine> {
  const rig = await openRig();
  try {
    const machine = await describeMachine(rig);
    const { processor, cores, node, postgres, redis, fsyncsPerSecond } = machine;
    say(`${processor}, ${cores} cores, Node ${node}, PostgreSQL ${postgres}, Redis ${redis}`);
    say(`the disk does ${figure(fsyncsPerSecond)} fsyncs a second`);
    return machine;
  } finally {
    await rig.close();
  }
}

const render = async (figures: Figures): Promise<void> =>
  writeFile(REPORT, renderReport(figures, await readFile(LIMITS, 'utf8')));

async function runAll(settings: RunArguments): Promise<boolean> {
  const { only } = settings;
  const plans = EXPERIMENTS.filter(({ name }) => only === null || only.includes(name));
  const minutes = plans.reduce((sum, plan) => sum + plan.minutes, 0);
  say(
    `${plans.length} experiments, about ${Math.ceil(minutes)} minutes with three rounds on a quiet machine`,
  );
  const facts = { at: new Date().toISOString(), machine: await machineNow() };
  const names = EXPERIMENTS.map(({ name }) => name);
  const failed: string[] = [];
  for (const plan of plans) {
    say(`${plan.name}: ${plan.about} (about ${plan.minutes} minutes)`);
    const experiment = await measured(plan, settings, facts);
    if (experiment.failure !== null) failed.push(plan.name);
    // A quick run shows that the bench works. Its figures are not for the document.
    if (settings.isQuick) continue;
    const figures = withExperiment(await readFigures(), experiment, names);
    await writeFigures(figures);
    await render(figures);
  }
  if (!settings.isQuick) say('written to docs/performance.json and docs/performance.md');
  if (failed.length > 0)
    say(`FAILED: ${failed.join(', ')}. Again: npm run bench -- --only ${failed.join(',')}`);
  return failed.length === 0;
}

const parsed = parseArguments(
  process.argv.slice(2),
  EXPERIMENTS.map(({ name }) => name),
);
if (parsed.kind === 'help') {
  process.stdout.write(`${USAGE}\n`);
  process.exit(0);
}
if (parsed.kind === 'mistake') {
  process.stderr.write(`${parsed.message}\n`);
  process.exit(2);
}
if (parsed.isRenderOnly) await render(await readFigures());
else {
  await installMissingPrograms(['redis-server', 'pgbench']);
  const missing = (await whyMissing('redis-server')) ?? (await whyMissing('pgbench'));
  if (missing !== null) {
    say(missing);
    process.exit(1);
  }
  const isWhole = await runAll(parsed);
  // An experiment that was given up may have left something open.
  process.exit(isWhole ? 0 : 1);
}
