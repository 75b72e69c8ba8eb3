import { setTimeout as delay } from 'node:timers/promises';
import { RefusedError } from './caller.ts';
import type { Casting } from './casting.ts';
import type { Chronicle } from './chronicle.ts';
import type { Office, Phone } from './clinic.ts';
import type { Act, Participant } from './story.ts';
import type { Witness } from './witness.ts';

/** One story on its way. */
export interface Play {
  readonly casting: Casting;
  readonly phones: Readonly<Record<Participant, Phone>>;
  readonly witness: Witness;
}

/** The machine, and not the product, kept the demo from showing what it wanted to show. */
export class TooBusyError extends Error {
  override readonly name = 'TooBusyError';
}

/** The clinic's side: the patient buys a subscription, the appointment is made. */
export async function setUp({ casting, witness }: Play, office: Office): Promise<void> {
  const { no, people, grantIds, story } = casting;
  await witness.note('bought', () => office.sell(grantIds.first, people.patient, story.units));
  await office.book(no, people.patient, people.doctor);
}

/** Starts the session. */
export async function begin({ casting, phones, witness }: Play): Promise<StartedPlay> {
  let sessionId = 0;
  const startMs = await witness.note('start', async () => {
    const session = await phones[casting.story.startedBy].start();
    ({ sessionId } = session);
    return session.startMs;
  });
  return { sessionId, startMs };
}

export interface StartedPlay {
  readonly sessionId: number;
  /** The session's start, in milliseconds since 1970. */
  readonly startMs: number;
}

/** Does the story's acts, each at its time. Throws a TooBusyError where one comes too late to be what it is. */
export async function perform(
  play: Play,
  startMs: number,
  office: Office,
  chronicle: Chronicle,
  halted: AbortSignal,
): Promise<void> {
  for (const act of play.casting.story.acts) {
    await delay(Math.max(0, startMs + act.atMs - Date.now()), undefined, { signal: halted });
    const { name } = act;
    try {
      await play.witness.note(name, () => doAct(act, play, office, chronicle));
    } catch (error) {
      if (error instanceof RefusedError) assertInTime(act, Date.now() - startMs);
      throw error;
    }
    assertInTime(act, (play.witness.instants.get(name) ?? startMs) - startMs);
  }
}

/** Gives the instant at which the server says that it happened; where it says none, that of our asking. */
async function doAct(act: Act, play: Play, office: Office, chronicle: Chronicle): Promise<number> {
  const { casting, phones } = play;
  const { no, people, grantIds } = casting;
  switch (act.kind) {
    case 'write':
      return phones[act.by].write(act.text);
    case 'end':
      return phones[act.by].end(act.claimedUnits);
    case 'top_up': {
      const boughtMs = await office.sell(grantIds.second, people.patient, act.units);
      chronicle.tell(boughtMs, no, `the patient buys ${act.units} more units`);
      return boughtMs;
    }
    case 'ask_for_deduction': {
      const askedMs = Date.now();
      const taken = await phones[act.by].askForDeduction(act.units);
      chronicle.tell(askedMs, no, `the ${act.by}'s phone asks to deduct ${act.units}: ${taken} are deducted`);
      if (taken !== 0) play.witness.complain(`a phone had ${taken} units deducted`);
      return askedMs;
    }
  }
}

function assertInTime({ name, beforeMs }: Act, cameMs: number): void {
  if (cameMs < beforeMs) return;
  const seconds = [beforeMs, cameMs].map((ms) => (ms / 1000).toFixed(1));
  throw new TooBusyError(
    `this machine is too busy for blocks of two seconds: "${name}" had to come before ${seconds[0]} s ` +
      `and came after ${seconds[1]} s. Run it again when there is less to do`,
  );
}
