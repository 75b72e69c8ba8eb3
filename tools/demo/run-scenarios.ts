import { setTimeout as delay } from 'node:timers/promises';
import { msOf } from '../kit/answers.ts';
import { openApiClient } from '../kit/api-client.ts';
import { type Office, openOffice } from '../kit/office.ts';
import { openPhone, type Phone } from '../kit/phone.ts';
import { askOnce, dataOf, RefusedError } from '../kit/replies.ts';
import { tokenFor } from '../kit/tokens.ts';
import { compare, entryOf, instantOf, type Verdict } from './compare.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { ADMIN_ID, type Fixture, type Participant, type Step } from './scenario.ts';
import type { Services } from './services.ts';
import { type Timeline, watchSessions } from './timeline.ts';

/** What every scenario needs. */
export interface Clinic {
  readonly office: Office;
  readonly timeline: Timeline;
  readonly halted: AbortSignal;
  readonly open: (fixture: Fixture) => Run;
  readonly close: () => void;
}

/** One scenario on its way. */
export interface Run {
  readonly fixture: Fixture;
  readonly phones: Readonly<Record<Participant, Phone>>;
  readonly recorder: Recorder;
}

interface StartedRun extends Run {
  readonly no: number;
  readonly sessionId: number;
  /** The session's start, in milliseconds since 1970. */
  readonly startMs: number;
}

/** The machine, and not the product, kept the demo from showing what it wanted to show. */
export class TooBusyError extends Error {
  override readonly name = 'TooBusyError';
}

const ANSWER_TIMEOUT_MS = 10_000;
/** The longest scenario lasts 7 seconds. */
const GIVE_UP_AFTER_MS = 15_000;
/** A worker has to start meanwhile. */
const GIVE_UP_WITHOUT_WORKER_MS = 60_000;
/** How long after the end the phone asks, while no worker could have recorded it. */
const ASK_AFTER_MS = 300;

export function openClinic(apiPort: number, timeline: Timeline, halted: AbortSignal): Clinic {
  const client = openApiClient(apiPort, ANSWER_TIMEOUT_MS);
  const as = (userId: number, claims = {}) => askOnce(client, tokenFor(userId, claims), halted);
  return {
    office: openOffice(as(ADMIN_ID, { role: 'admin' })),
    timeline,
    halted,
    open: (fixture) => ({
      fixture,
      phones: {
        patient: openPhone(as(fixture.people.patient), fixture.no),
        doctor: openPhone(as(fixture.people.doctor), fixture.no),
      },
      recorder: createRecorder(),
    }),
    close: client.close,
  };
}

/** Runs them all at once, and says what came of each. */
export async function runSideBySide(
  clinic: Clinic,
  fixtures: readonly Fixture[],
): Promise<readonly Verdict[]> {
  const { timeline } = clinic;
  const runs = fixtures.map((fixture) => clinic.open(fixture));
  await Promise.all(runs.map((run) => setUp(run, clinic.office)));
  const started = await Promise.all(runs.map(begin));
  timeline.begin(Math.min(...started.map(({ startMs }) => startMs)));
  await Promise.all([
    watch(clinic, started, GIVE_UP_AFTER_MS),
    ...started.map((run) => takeSteps(run, run.startMs, clinic)),
  ]);
  return Promise.all(runs.map((run) => judge(run, clinic.office)));
}

/** Runs one while no worker runs, and starts the worker again only when all is over. */
export async function runWithoutWorker(
  clinic: Clinic,
  fixture: Fixture,
  { startWorker, stopWorker }: Pick<Services, 'startWorker' | 'stopWorker'>,
): Promise<Verdict> {
  await stopWorker();
  const run = clinic.open(fixture);
  await setUp(run, clinic.office);
  const started = await begin(run);
  const { startMs, no } = started;
  clinic.timeline.begin(startMs);
  const untilReturn = async (): Promise<void> => {
    await takeSteps(run, startMs, clinic);
    const endMs = instantOf(fixture.scenario.expected.end.due, run.recorder.instants);
    await waitUntil(endMs + ASK_AFTER_MS, clinic.halted);
    await askWithoutWorker(started, clinic);
    clinic.timeline.tell(Date.now(), no, 'a worker is started again');
    await startWorker();
  };
  await Promise.all([watch(clinic, [started], GIVE_UP_WITHOUT_WORKER_MS), untilReturn()]);
  return judge(run, clinic.office);
}

/** The patient buys a subscription, the appointment is made. */
async function setUp({ fixture, recorder }: Run, office: Office): Promise<void> {
  const { no, people, grantIds, scenario } = fixture;
  await recorder.note('bought', async () =>
    msOf((await dataOf(office.sell(grantIds.first, people.patient, scenario.units))).starts_at),
  );
  await dataOf(office.book(no, people.patient, people.doctor));
}

async function begin(run: Run): Promise<StartedRun> {
  const { fixture, phones, recorder } = run;
  let sessionId = 0;
  const startMs = await recorder.note('start', async () => {
    const session = await dataOf(phones[fixture.scenario.startedBy].start());
    sessionId = session.session_id;
    return msOf(session.start_time);
  });
  return { ...run, no: fixture.no, sessionId, startMs };
}

const watch = (
  { office, timeline, halted }: Clinic,
  sessions: readonly StartedRun[],
  giveUpAfterMs: number,
): Promise<void> =>
  watchSessions(sessions, async (id) => (await dataOf(office.timeline(id))).events, timeline, {
    giveUpAfterMs,
    halted,
  });

const waitUntil = (atMs: number, signal: AbortSignal): Promise<void> =>
  delay(Math.max(0, atMs - Date.now()), undefined, { signal });

/** Takes the scenario's steps, each at its time. @throws TooBusyError where one comes too late to be what it is. */
export async function takeSteps(
  run: Run,
  startMs: number,
  clinic: Pick<Clinic, 'office' | 'timeline' | 'halted'>,
): Promise<void> {
  for (const step of run.fixture.scenario.steps) {
    await waitUntil(startMs + step.atMs, clinic.halted);
    try {
      await run.recorder.note(step.name, () => takeStep(step, run, clinic));
    } catch (error) {
      if (error instanceof RefusedError) assertInTime(step, Date.now() - startMs);
      throw error;
    }
    assertInTime(step, (run.recorder.instants.get(step.name) ?? startMs) - startMs);
  }
}

/** Gives the instant at which the server says that it happened; where it gives none, that of our asking. */
async function takeStep(
  step: Step,
  { fixture, phones, recorder }: Run,
  { office, timeline }: Pick<Clinic, 'office' | 'timeline'>,
): Promise<number> {
  const { no, people, grantIds } = fixture;
  switch (step.kind) {
    case 'write':
      return msOf((await dataOf(phones[step.by].write(step.text))).sent_at);
    case 'end': {
      const { ended_at: endedAt } = await dataOf(phones[step.by].end(step.claimedUnits));
      return endedAt === null ? Number.NaN : msOf(endedAt);
    }
    case 'top_up': {
      const boughtMs = msOf(
        (await dataOf(office.sell(grantIds.second, people.patient, step.units))).starts_at,
      );
      timeline.tell(boughtMs, no, `the patient buys ${step.units} more units`);
      return boughtMs;
    }
    case 'ask_for_deduction': {
      const askedMs = Date.now();
      const { sessions_deducted: taken } = await dataOf(phones[step.by].askForDeduction(step.units));
      timeline.tell(
        askedMs,
        no,
        `the ${step.by}'s phone asks to deduct ${step.units}: ${taken} are deducted`,
      );
      if (taken !== 0) recorder.complain(`a phone had ${taken} units deducted`);
      return askedMs;
    }
  }
}

function assertInTime({ name, beforeMs }: Step, cameMs: number): void {
  if (cameMs < beforeMs) return;
  const [due, came] = [beforeMs, cameMs].map((ms) => (ms / 1000).toFixed(1));
  throw new TooBusyError(
    `this machine is too busy for blocks of two seconds: "${name}" had to come before ${due} s ` +
      `and came after ${came} s. Run it again when there is less to do`,
  );
}

/** The phone learns how the session stands although nothing has recorded it, and asking does not record it. */
async function askWithoutWorker(run: StartedRun, { office, timeline }: Clinic): Promise<void> {
  const { fixture, phones, recorder, startMs, no } = run;
  const askedMs = Date.now();
  const { is_ended, ended_at, end_reason } = await dataOf(phones.patient.status());
  const { entries } = await dataOf(office.ledger(fixture.people.patient));
  const charges = entries.filter(({ kind }) => kind === 'charge').length;
  const ended =
    ended_at === null ? 'going on' : `ended at ${((msOf(ended_at) - startMs) / 1000).toFixed(3)} s`;
  const reason = end_reason === null ? '' : `, ${end_reason}`;
  timeline.tell(askedMs, no, `the patient's phone asks, and the answer is: ${ended}${reason}`);
  timeline.tell(askedMs, no, `the ledger holds ${charges} charges of it so far`);
  if (!is_ended) recorder.complain('without a worker the status did not tell that the session was over');
  if (charges > 0) recorder.complain(`without a worker ${charges} charges were written`);
}

async function judge({ fixture, phones, recorder }: Run, office: Office): Promise<Verdict> {
  const [{ entries }, status] = await Promise.all([
    dataOf(office.ledger(fixture.people.patient)),
    dataOf(phones.patient.status()),
  ]);
  return compare(fixture, recorder, { ledger: entries.map(entryOf), status });
}
