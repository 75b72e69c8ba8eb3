import { setTimeout as delay } from 'node:timers/promises';
import { signDemoToken } from '../../src/standalone/demo.ts';
import { msOf } from './answers.ts';
import { createCaller } from './caller.ts';
import { ADMIN_ID } from './casting.ts';
import type { Casting } from './casting.ts';
import type { Chronicle } from './chronicle.ts';
import { createOffice, createPhone } from './clinic.ts';
import type { Office } from './clinic.ts';
import { compare, instantOf } from './compare.ts';
import type { Verdict } from './compare.ts';
import { begin, perform, setUp } from './perform.ts';
import type { Play } from './perform.ts';
import type { Services } from './services.ts';
import { watchSessions } from './watch-sessions.ts';
import { createWitness } from './witness.ts';

/** What every scene needs. */
export interface Stage {
  readonly office: Office;
  readonly chronicle: Chronicle;
  readonly halted: AbortSignal;
  readonly cast: (casting: Casting) => Play;
}

export function openStage(
  { baseUrl, secret }: Pick<Services, 'baseUrl' | 'secret'>,
  chronicle: Chronicle,
  halted: AbortSignal,
): Stage {
  const signIn = (userId: number, role?: 'admin') => {
    const token = signDemoToken(
      { userId, ...(role === undefined ? {} : { role }) },
      { secret, issuer: undefined, audience: undefined },
      Date.now(),
    );
    return createCaller(baseUrl, token, halted);
  };
  return {
    office: createOffice(signIn(ADMIN_ID, 'admin')),
    chronicle,
    halted,
    cast: (casting) => ({
      casting,
      phones: {
        patient: createPhone(signIn(casting.people.patient), casting.no),
        doctor: createPhone(signIn(casting.people.doctor), casting.no),
      },
      witness: createWitness(),
    }),
  };
}

/** The longest story lasts 7 seconds. */
const GIVE_UP_AFTER_MS = 15_000;
/** A worker has to start meanwhile. */
const GIVE_UP_WITHOUT_WORKER_MS = 60_000;

/** Plays them all at once, and says what came of each. */
export async function playSideBySide(
  stage: Stage,
  castings: readonly Casting[],
): Promise<readonly Verdict[]> {
  const { office, chronicle, halted } = stage;
  const plays = castings.map((casting) => stage.cast(casting));
  await Promise.all(plays.map((play) => setUp(play, office)));
  const started = await Promise.all(
    plays.map(async (play) => ({ play, no: play.casting.no, ...(await begin(play)) })),
  );
  chronicle.begin(Math.min(...started.map(({ startMs }) => startMs)));
  await Promise.all([
    watchSessions(started, office.events, chronicle, { giveUpAfterMs: GIVE_UP_AFTER_MS, halted }),
    ...started.map(({ play, startMs }) => perform(play, startMs, office, chronicle, halted)),
  ]);
  return Promise.all(plays.map((play) => judge(play, office)));
}

/** How long after the end somebody looks, while there is still nobody who could have written it down. */
const LOOK_AFTER_MS = 300;

/** Plays one while no worker runs, and lets the worker come back only when all is over. */
export async function playWithoutWorker(
  stage: Stage,
  casting: Casting,
  worker: Services['worker'],
): Promise<Verdict> {
  const { office, chronicle, halted } = stage;
  await worker.leave();
  const play = stage.cast(casting);
  await setUp(play, office);
  const { startMs, sessionId } = await begin(play);
  const { no } = casting;
  chronicle.begin(startMs);
  const performUntilReturn = async (): Promise<void> => {
    await perform(play, startMs, office, chronicle, halted);
    const endMs = instantOf(casting.story.rules.end.due, play.witness.instants);
    await delay(Math.max(0, endMs + LOOK_AFTER_MS - Date.now()), undefined, { signal: halted });
    await lookWithoutWorker(play, startMs, stage);
    chronicle.tell(Date.now(), no, 'a worker is started again');
    await worker.arrive();
  };
  await Promise.all([
    watchSessions([{ no, sessionId }], office.events, chronicle, {
      giveUpAfterMs: GIVE_UP_WITHOUT_WORKER_MS,
      halted,
    }),
    performUntilReturn(),
  ]);
  return judge(play, office);
}

/** The phone is told how the session stands, although nobody has written it down, and asking does not write it. */
async function lookWithoutWorker(play: Play, startMs: number, { office, chronicle }: Stage): Promise<void> {
  const { no, people } = play.casting;
  const lookedMs = Date.now();
  const { is_ended, ended_at, end_reason } = await play.phones.patient.status();
  const ledger = await office.ledger(people.patient);
  const charges = ledger.filter(({ kind }) => kind === 'charge').length;
  const ended =
    ended_at === null ? 'going on' : `ended at ${((msOf(ended_at) - startMs) / 1000).toFixed(3)} s`;
  chronicle.tell(
    lookedMs,
    no,
    `the patient's phone asks and is told: ${ended}${end_reason === null ? '' : `, ${end_reason}`}`,
  );
  chronicle.tell(lookedMs, no, `the ledger holds ${charges} charges of it so far`);
  if (!is_ended) play.witness.complain('without a worker the status did not tell that the session was over');
  if (charges > 0) play.witness.complain(`without a worker ${charges} charges were written`);
}

async function judge({ casting, phones, witness }: Play, office: Office): Promise<Verdict> {
  const [ledger, status] = await Promise.all([
    office.ledger(casting.people.patient),
    phones.patient.status(),
  ]);
  return compare(casting, witness, { ledger, status });
}
