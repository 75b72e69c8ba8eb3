import type { Paint } from '../kit/table.ts';
import type { Verdict } from './compare.ts';
import { plainReason } from './plain-reason.ts';
import { conclude, reportScenario } from './report.ts';
import { openClinic, runSideBySide, runWithoutWorker } from './run-scenarios.ts';
import { fixtureOf } from './scenario.ts';
import { SIDE_BY_SIDE, WORKER_AWAY } from './scenarios.ts';
import { DOCTOR_RESPONSE_SECONDS, INTERVAL_SECONDS, type Services, startServices } from './services.ts';
import { createTimeline } from './timeline.ts';

/** As a shell gives it for a program that an interrupt has ended. */
const INTERRUPTED = 130;

export interface DemoOptions {
  readonly printLine: (line: string) => void;
  readonly paint: Paint;
  readonly stopRequested: AbortSignal;
}

/**
 * Runs the scenarios on a product of its own and compares each ledger with the rules. Gives the exit code: 0 only
 * where they agree. Whatever it started is stopped and removed when it returns.
 */
export async function runDemo({ printLine, paint, stopRequested }: DemoOptions): Promise<number> {
  const crash = new AbortController();
  const halted = AbortSignal.any([stopRequested, crash.signal]);
  const progress = createProgress(printLine);
  let crashed: string | null = null;
  let services: Services | null = null;
  let exitCode = 1;
  INTRODUCTION.forEach((line) => printLine(line));
  try {
    services = await startServices(halted, progress, (who) => {
      crashed ??= who;
      crash.abort();
    });
    exitCode = await show(services, { printLine, paint, progress, halted });
  } catch (error) {
    // What a step throws after it was halted is only a consequence of that.
    if (stopRequested.aborted) {
      printLine('  Interrupted.');
      exitCode = INTERRUPTED;
    } else if (crashed === null) printLine(`  The demo failed: ${plainReason(error)}`);
    else {
      printLine(`  ${String(crashed)} ended by itself, so the demo was stopped.`);
      printLine('  Run it with LOG_LEVEL=info to see the log.');
    }
  } finally {
    progress('stopping everything and removing the database');
    await services?.close();
  }
  if (exitCode === 0) NEXT.forEach((line) => printLine(line));
  return exitCode;
}

interface Show {
  readonly printLine: (line: string) => void;
  readonly paint: Paint;
  readonly progress: (words: string) => void;
  readonly halted: AbortSignal;
}

async function show(services: Services, { printLine, paint, progress, halted }: Show): Promise<number> {
  const clinic = openClinic(services.apiPort, createTimeline(printLine), halted);
  const fixtures = SIDE_BY_SIDE.map((scenario, index) => fixtureOf(scenario, index + 1));
  const last = fixtureOf(WORKER_AWAY, fixtures.length + 1);
  const title = (words: string): void => ['', `  ${paint('strong', words)}`, ''].forEach(printLine);
  try {
    progress('selling subscriptions, booking appointments, starting sessions');
    title('Five appointments side by side');
    fixtures.forEach(({ no, scenario }) => printLine(`  ${no}  ${scenario.title}`));
    printLine('');
    const verdicts: Verdict[] = [...(await runSideBySide(clinic, fixtures))];
    title('One more, with the worker stopped');
    printLine(`  ${last.no}  ${last.scenario.title}`);
    printLine('');
    verdicts.push(await runWithoutWorker(clinic, last, services));

    title('What each ledger holds, beside what the rules say');
    printLine('  Due and end: seconds after the start of the session. Block: interval_no, from 1.');
    printLine('');
    verdicts.flatMap((verdict) => reportScenario(verdict, paint)).forEach((line) => printLine(line));
    const { exitCode, lines } = conclude(verdicts, paint);
    lines.forEach((line) => printLine(line));
    printLine('');
    return exitCode;
  } finally {
    clinic.close();
  }
}

const INTRODUCTION = [
  '',
  '  Paid text appointments, billed by the server alone.',
  '',
  `  A block lasts ${INTERVAL_SECONDS} seconds here; in the clinic, ten minutes. Where the doctor has not`,
  `  answered ${DOCTOR_RESPONSE_SECONDS} seconds after the patient's first message, the session ends and costs`,
  '  nothing. Patients, doctors and the office use the HTTP API, as phones and desks do.',
  '',
];

const NEXT = [
  '',
  '  Next:',
  '    npm start        the product with ten-minute blocks, tokens to try it, and its manual at /docs',
  '    docs/rules.md    every rule, where it is written and what tests it',
  '',
];

function createProgress(printLine: (line: string) => void): (words: string) => void {
  const startedMs = performance.now();
  return (words) => {
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    printLine(`  ${seconds.padStart(5)} s  ${words}`);
  };
}
