import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../random.ts';
import type { Office } from './office.ts';
import type { Phone } from './phone.ts';

/** Who belongs to a patient, and what they may do. */
export interface Household {
  readonly patientId: number;
  readonly doctorId: number;
  readonly office: Office;
  readonly phones: (appointmentId: number) => { readonly patient: Phone; readonly doctor: Phone };
  readonly nextAppointmentId: () => number;
  readonly random: Random;
  readonly over: AbortSignal;
}

/** How a session goes, from the side of the people. What it costs is the engine's business. */
type Plot = 'nobody_writes' | 'until_the_units_are_gone' | 'ended' | 'ended_by_the_office' | 'forgotten';
const PLOTS: readonly Plot[] = [
  ...(['nobody_writes', 'forgotten', 'ended_by_the_office'] as const),
  ...(['until_the_units_are_gone', 'until_the_units_are_gone', 'until_the_units_are_gone'] as const),
  ...(['ended', 'ended', 'ended'] as const),
];

const FIRST_UNITS = 4;
const TURN_MS = { min: 1_000, max: 2_200 } as const;
/** Longer than any session can stay without a word or without units. */
const MOST_TURNS = 60;

/** One appointment after the other, until it is over. Leaves the last session to itself. */
export async function livePatient(household: Household): Promise<void> {
  const { patientId, office, random, over } = household;
  const grantId = patientId;
  await think(household, random.next());
  while (!over.aborted && !(await office.sell(grantId, patientId, FIRST_UNITS)));
  while (!over.aborted) {
    await keepAppointment(household, grantId);
    await think(household, 0.5);
  }
}

async function keepAppointment(household: Household, grantId: number): Promise<void> {
  const { patientId, doctorId, office, random, over } = household;
  const appointmentId = household.nextAppointmentId();
  if (!(await office.book(appointmentId, patientId, doctorId))) return;
  const { patient, doctor } = household.phones(appointmentId);
  const starter = random.chance(0.5) ? patient : doctor;
  let { sessionId, code } = await starter.start();
  while (code === 'insufficient_sessions' && !over.aborted) {
    await office.topUp(grantId, random.integer(2, 7));
    ({ sessionId, code } = await starter.start());
  }
  if (sessionId === null || over.aborted) return;
  await play(random.pick(PLOTS), sessionId, { patient, doctor }, household);
  if (random.chance(0.1)) await office.refundOne(sessionId);
  if (random.chance(0.15)) await office.topUp(grantId, random.integer(1, 5));
}

async function play(
  plot: Plot,
  sessionId: number,
  phones: ReturnType<Household['phones']>,
  household: Household,
): Promise<void> {
  const { random, office, over } = household;
  const turns = plot === 'until_the_units_are_gone' ? MOST_TURNS : random.integer(2, 7);
  let isOver = false;
  for (let turn = 0; turn < turns && !isOver && !over.aborted; turn += 1) {
    const phone = random.chance(0.5) ? phones.patient : phones.doctor;
    if (plot === 'nobody_writes') isOver = (await phone.look()) === 'over';
    else isOver = (await speak(phone, random)) === 'over';
    await think(household, 1);
  }
  if (isOver || over.aborted) return;
  if (plot === 'ended') await phones.patient.end();
  if (plot === 'ended_by_the_office') await office.endSession(sessionId, random.chance(0.5));
  if (plot === 'forgotten') await watchUntilOver(phones.doctor, household);
}

async function watchUntilOver(phone: Phone, household: Household): Promise<void> {
  while (!household.over.aborted && (await phone.look()) !== 'over') await think(household, 1);
}

function speak(phone: Phone, random: Random): ReturnType<Phone['write']> {
  const what = random.next();
  if (what < 0.5) return phone.write();
  return what < 0.85 ? phone.send() : phone.look();
}

async function think({ random, over }: Household, turns: number): Promise<void> {
  const ms = turns * random.integer(TURN_MS.min, TURN_MS.max);
  await pause(ms, undefined, { signal: over }).catch(() => {});
}
