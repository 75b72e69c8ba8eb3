import { writeFile } from 'node:fs/promises';
import type { Paint } from '../kit/table.ts';
import { askAuditor } from '../kit/auditor.ts';
import { installMissingPrograms } from '../kit/system-programs.ts';
import type { RunArguments } from './arguments.ts';
import { checkFollowers } from './check/check-followers.ts';
import { readRecords } from './check/records.ts';
import { judge } from './check/verdict.ts';
import { FAULTS } from './faults/catalogue.ts';
import { STANDBY_PROMOTED } from './faults/postgres-server.ts';
import { startLoad, type Load } from './load/load.ts';
import { injectFaults } from './nemesis.ts';
import { markdownReport, type Outcome, terminalReport } from './report.ts';
import { openRig, type Rig } from './rig/rig.ts';
import { settleDown } from './settle-down.ts';
import { startSampler, type Sampler } from './watch/sampler.ts';

export interface ChaosOptions {
  readonly run: RunArguments;
  /** How it was called, for the report. */
  readonly command: string;
  readonly printLine: (line: string) => void;
  readonly paint: Paint;
  readonly stopRequested: AbortSignal;
}

/** As a shell gives it for a program that an interrupt has ended. */
const INTERRUPTED = 130;
/** How long it runs in peace first, so that there is a throughput to compare with. */
const WARM_UP_MS = 8_000;

/**
 * One run from start to end. Gives the exit code: 0 only where nothing was found wrong. Whatever it started is
 * stopped and removed when it returns; the logs of the processes stay where something was wrong.
 */
export async function runChaos(options: ChaosOptions): Promise<number> {
  const { printLine, stopRequested } = options;
  const say = createProgress(printLine);
  await installMissingPrograms(['redis-server']);
  const rig = await openRig(
    options.run.faults.some(({ name }) => name === STANDBY_PROMOTED),
    say,
  );
  let isClean = false;
  try {
    const outcome = await orUntilStopped(runFaults(rig, options, say), stopRequested);
    if (outcome === 'stopped') {
      printLine('  Interrupted.');
      isClean = true;
      return INTERRUPTED;
    }
    isClean = outcome.verdict.differences.length === 0;
    terminalReport(outcome, options.paint).forEach((line) => printLine(line));
    const { reportFile } = options.run;
    if (reportFile !== null) await writeFile(reportFile, markdownReport(outcome));
    nextSteps(options.run, rig.logDirectory, isClean).forEach((line) => printLine(line));
    return isClean ? 0 : 1;
  } finally {
    say('stopping everything and removing the data');
    await rig.close(isClean ? 'remove' : 'keep');
  }
}

async function runFaults(
  rig: Rig,
  { run, command, stopRequested }: ChaosOptions,
  say: (words: string) => void,
): Promise<Outcome> {
  const apiPorts = rig.processes.filter(({ kind }) => kind === 'api').map(({ port }) => port);
  const load: Load = startLoad({ patients: run.patients, seed: run.seed, apiPorts });
  const sampler: Sampler = startSampler(rig.processes, rig.observer, load.journal.counts);
  say(`${run.patients} patients and their doctors begin; first in peace`);
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  const startedMs = Date.now();
  const kills = (): number => rig.processes.reduce((sum, { exits }) => sum + exits.killed, 0);
  const { incidents, missed } = await injectFaults(rig, sampler.samples, {
    seed: run.seed,
    faults: run.faults,
    say,
    halted: stopRequested,
    isHurried: run.length.kind === 'kills',
    goesOn: () =>
      run.length.kind === 'kills'
        ? kills() < run.length.kills
        : Date.now() - startedMs < run.length.minutes * 60_000,
  });
  const minutes = (Date.now() - startedMs) / 60_000;
  const settled = await settleDown(rig, load, sampler.samples, say);
  await sampler.stop();
  say('comparing what followers received with the log');
  const followed = await checkFollowers(load.followers, rig.observer);
  for (const { close } of load.followers) close();
  say('reading the records, and asking the auditor');
  const records = await readRecords(rig.observer);
  const names = FAULTS.map(({ name }) => name);
  const audited = await askAuditor(rig.postgres.url());
  const found = [...settled.differences, ...followed.differences, ...audited.differences];
  const verdict = judge(names, incidents, records, load.journal, found);
  return {
    command,
    minutes,
    verdict,
    incidents,
    missed,
    settled,
    followed,
    seed: run.seed,
    patients: run.patients,
    counts: load.journal.counts,
    kills: kills(),
    endedByThemselves: rig.processes.reduce((sum, { exits }) => sum + exits.byItself, 0),
    mostActive: sampler.samples.reduce((most, { active }) => Math.max(most, active ?? 0), 0),
    auditor: audited.summary,
  };
}

function orUntilStopped<Result>(result: Promise<Result>, stop: AbortSignal): Promise<Result | 'stopped'> {
  const stopped = new Promise<'stopped'>((resolve) => {
    if (stop.aborted) resolve('stopped');
    stop.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
  // It fails when everything is taken away from it: that is expected.
  result.catch(() => {});
  return Promise.race([result, stopped]);
}

function createProgress(printLine: (line: string) => void): (words: string) => void {
  const startedMs = performance.now();
  return (words) => {
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    printLine(`  ${seconds.padStart(6)} s  ${words}`);
  };
}

function nextSteps(run: RunArguments, logDirectory: string, isClean: boolean): readonly string[] {
  return isClean
    ? [
        '',
        '  Next:',
        `    npm run chaos -- --seed ${run.seed + 1}    other faults in another order`,
        '    npm run chaos -- --kills 1000    the long run: kills, as fast as processes come back',
        '    docs/proof.md    what is injected and what is checked',
        '',
      ]
    : [
        '',
        '  Next:',
        `    the logs of the processes are in ${logDirectory}`,
        `    npm run chaos -- --seed ${run.seed} --faults A    injects one of the faults alone, again and again`,
        '',
      ];
}
