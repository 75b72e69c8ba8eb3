import { createProcessGroup } from '../../src/standalone/process-group.ts';
import type { Over, ProcessGroup } from '../../src/standalone/process-group.ts';
import { castStory } from './casting.ts';
import { createChronicle } from './chronicle.ts';
import type { Verdict } from './compare.ts';
import { plainReason } from './plain-reason.ts';
import { openStage, playSideBySide, playWithoutWorker } from './play-scenes.ts';
import { DOCTOR_RESPONSE_SECONDS, INTERVAL_SECONDS } from './policy.ts';
import { conclude, reportStory } from './report.ts';
import { startServices } from './services.ts';
import { SIDE_BY_SIDE, WORKER_AWAY } from './stories/all.ts';
import type { Paint } from '../kit/table.ts';

/** As a shell gives it for a program that an interrupt has ended. */
const INTERRUPTED = 130;

export interface DemoOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly printLine: (line: string) => void;
  readonly paint: Paint;
  readonly stopRequested: AbortSignal;
}

/**
 * Plays the stories on a product of its own and compares each ledger with the rules. Gives the exit code: 0 only
 * where they agree. Whatever it started is stopped and removed when it returns, whatever happened.
 */
export async function runDemo(options: DemoOptions): Promise<number> {
  const { printLine } = options;
  const group = createProcessGroup(options.stopRequested);
  const halt = new AbortController();
  void group.over.then(() => halt.abort());
  const progress = createProgress(printLine);
  let exitCode: number;
  try {
    exitCode = await show(options, group, halt.signal, progress);
  } catch (error) {
    // What a step complains of after the end has begun is only a consequence of it.
    exitCode = group.isOver() ? sayWhy(await group.over, printLine) : sayError(error, printLine);
  } finally {
    halt.abort();
    progress('stopping everything and removing the database');
    await group.stop();
  }
  if (exitCode === 0) {
    NEXT.forEach((line) => printLine(line));
  }
  return exitCode;
}

async function show(
  { environment, printLine, paint }: DemoOptions,
  group: ProcessGroup,
  halted: AbortSignal,
  progress: (words: string) => void,
): Promise<number> {
  INTRODUCTION.forEach((line) => printLine(line));
  const services = await startServices(group, environment, halted, progress);
  const chronicle = createChronicle(printLine);
  const stage = openStage(services, chronicle, halted);
  const castings = SIDE_BY_SIDE.map((story, index) => castStory(story, index + 1));
  const last = castStory(WORKER_AWAY, castings.length + 1);
  const title = (words: string): void => {
    printLine('');
    printLine(`  ${paint('strong', words)}`);
    printLine('');
  };

  progress('selling subscriptions, booking appointments, starting sessions');
  title('Five appointments side by side');
  castings.forEach(({ no, story }) => printLine(`  ${no}  ${story.title}`));
  printLine('');
  const verdicts: Verdict[] = [...(await playSideBySide(stage, castings))];
  title('One more, with the worker stopped');
  printLine(`  ${last.no}  ${last.story.title}`);
  printLine('');
  verdicts.push(await playWithoutWorker(stage, last, services.worker));

  title('What each ledger holds, beside what the rules say');
  printLine('  Due and end: seconds after the start of the session. Block: interval_no, from 1.');
  printLine('');
  verdicts.flatMap((verdict) => reportStory(verdict, paint)).forEach((line) => printLine(line));
  const { exitCode, lines } = conclude(verdicts, paint);
  lines.forEach((line) => printLine(line));
  printLine('');
  return exitCode;
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

function sayWhy(over: Over, printLine: (line: string) => void): number {
  switch (over.kind) {
    case 'asked':
      printLine('  Interrupted.');
      return INTERRUPTED;
    case 'failed':
      printLine(`  ${over.member} ended by itself (${plainReason(over.how)}), so the demo was stopped.`);
      printLine('  Run it with LOG_LEVEL=info to see the log.');
      return 1;
  }
}

function sayError(error: unknown, printLine: (line: string) => void): number {
  printLine(`  The demo failed: ${plainReason(error)}`);
  return 1;
}
