import { installMissingPrograms } from '../kit/system-programs.ts';
import { type ExperimentPlan, EXPERIMENTS } from './experiments.ts';
import { faultsOf } from './faults.ts';
import { type MeasuredExperiment, readFigures, type Run, withExperiment, writeFigures } from './figures.ts';
import { describeMachine } from './machine.ts';
import { hasPgbench } from './pgbench.ts';
import { figure } from './report/figure.ts';
import { openRig } from './rig.ts';
import { parseArguments, type RunArguments } from './run-arguments.ts';
import type { Outcome } from './row.ts';
import { within } from './within.ts';
import { writeDocuments } from './write-documents.ts';

// `npm run bench`: experiment by experiment, each on a PostgreSQL and a Redis of its own. What is measured is written
// down at once, so that an experiment that fails takes nothing along.

const begun = performance.now();
const say = (line: string): void => {
  const seconds = Math.round((performance.now() - begun) / 1000);
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  process.stdout.write(`${clock.padStart(6)}  ${line}\n`);
};

function chosen({ only, scale }: RunArguments): readonly ExperimentPlan[] {
  if (only !== null) return EXPERIMENTS.filter(({ name }) => only.includes(name));
  return scale === 'full' ? EXPERIMENTS : EXPERIMENTS.filter(({ inShortRun }) => inShortRun);
}

/** @throws where it fails, takes much too long, or hands back what is no figure. */
async function measure(plan: ExperimentPlan, { scale, rounds }: RunArguments): Promise<Outcome> {
  const rig = await openRig();
  try {
    const work = plan.measure(rig, (line) => say(`  ${line}`), { scale, rounds });
    // Where it is given up, the end of the rig ends it too, and nobody is left to hear of it.
    work.catch(() => {});
    const outcome = await within(plan.minutes[scale] * 3 + 1, work);
    const faults = faultsOf(outcome);
    if (faults.length > 0) throw new Error(faults.join('; '));
    return outcome;
  } finally {
    await rig.close();
  }
}

async function measured(plan: ExperimentPlan, run: Run, settings: RunArguments): Promise<MeasuredExperiment> {
  const start = performance.now();
  const facts = () => ({
    name: plan.name,
    run: run.at,
    seconds: Math.round((performance.now() - start) / 1000),
  });
  try {
    const { rows, curves = [], notes = [] } = await measure(plan, settings);
    return { ...facts(), failure: null, rows, curves, notes };
  } catch (error) {
    say(`  FAILED: ${error instanceof Error ? error.stack : String(error)}`);
    return {
      ...facts(),
      // The first line says what; the rest was said above.
      failure: (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '',
      rows: [],
    };
  }
}

async function openRun({ scale, rounds }: RunArguments): Promise<Run> {
  const rig = await openRig();
  try {
    const machine = await describeMachine(rig);
    const { processor, cores, node, postgres, redis, fsync } = machine;
    say(`${processor}, ${cores} cores, Node ${node}, PostgreSQL ${postgres}, Redis ${redis}`);
    say(`the disk does ${figure(fsync.perSecond)} fsyncs a second, p99 ${figure(fsync.p99Us)} µs`);
    return { at: new Date().toISOString(), scale, rounds, machine };
  } finally {
    await rig.close();
  }
}

async function runAll(settings: RunArguments): Promise<boolean> {
  const plans = chosen(settings);
  const minutes = plans.reduce((sum, plan) => sum + plan.minutes[settings.scale], 0);
  say(`${plans.length} experiments, about ${Math.ceil(minutes)} minutes on a quiet machine`);
  const run = await openRun(settings);
  const names = EXPERIMENTS.map(({ name }) => name);
  const failed: string[] = [];
  for (const plan of plans) {
    say(`${plan.name}: ${plan.about} (about ${plan.minutes[settings.scale]} minutes)`);
    const experiment = await measured(plan, run, settings);
    if (experiment.failure !== null) failed.push(plan.name);
    const figures = withExperiment(await readFigures(), run, experiment, names);
    await writeFigures(figures);
    await writeDocuments(figures);
  }
  say('written to docs/performance.json, docs/performance.md and docs/pictures');
  if (failed.length > 0)
    say(`FAILED: ${failed.join(', ')}. Again: npm run bench -- --only ${failed.join(',')}`);
  return failed.length === 0;
}

const parsed = parseArguments(
  process.argv.slice(2),
  EXPERIMENTS.map(({ name }) => name),
);
if (parsed.kind === 'mistake') {
  process.stderr.write(`${parsed.message}\n`);
  process.exit(2);
}
if (parsed.arguments.isRenderOnly) {
  await writeDocuments(await readFigures());
} else {
  await installMissingPrograms(['redis-server']);
  if (!(await hasPgbench())) {
    say('There is no pgbench: install the client programs of PostgreSQL (Debian: postgresql-contrib).');
    process.exit(1);
  }
  const isWhole = await runAll(parsed.arguments);
  // An experiment that was given up may have left something open.
  process.exit(isWhole ? 0 : 1);
}
