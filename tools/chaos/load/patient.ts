import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../../kit/random.ts';
import type { NotedOffice, NotedPhone } from './noted-people.ts';

/** A patient, the doctor and the office, and what they use. */
export interface People {
  readonly patientId: number;
  readonly doctorId: number;
  readonly office: NotedOffice;
  readonly phones: (appointmentId: number) => { readonly patient: NotedPhone; readonly doctor: NotedPhone };
  readonly nextAppointmentId: () => number;
  readonly random: Random;
  readonly over: AbortSignal;
}

/** How a session goes, from the side of the people. What it costs is the engine's business. */
type Course = 'nobody_writes' | 'until_the_units_are_gone' | 'ended' | 'ended_by_the_office' | 'forgotten';
const COURSES: readonly Course[] = [
  ...(['nobody_writes', 'forgotten', 'ended_by_the_office'] as const),
  ...(['until_the_units_are_gone', 'until_the_units_are_gone', 'until_the_units_are_gone'] as const),
  ...(['ended', 'ended', 'ended'] as const),
];

const FIRST_UNITS = 4;
const TURN_MS = { min: 1_000, max: 2_200 } as const;
/** Longer than any session lasts. */
const MOST_TURNS = 60;

/** One appointment after the other, until the run is over. The last session is left as it is. */
export async function runPatient(people: People): Promise<void> {
  const { patientId, office, random, over } = people;
  const grantId = patientId;
  await think(people, random.next());
  while (!over.aborted && !(await office.sell(grantId, patientId, FIRST_UNITS)));
  while (!over.aborted) {
    await keepAppointment(people, grantId);
    await think(people, 0.5);
  }
}

async function keepAppointment(people: People, grantId: number): Promise<void> {
  const { patientId, doctorId, office, random, over } = people;
  const appointmentId = people.nextAppointmentId();
  if (!(await office.book(appointmentId, patientId, doctorId))) return;
  const { patient, doctor } = people.phones(appointmentId);
  const starter = random.chance(0.5) ? patient : doctor;
  let { sessionId, code } = await starter.start();
  while (code === 'insufficient_sessions' && !over.aborted) {
    await office.topUp(grantId, random.between(2, 7));
    ({ sessionId, code } = await starter.start());
  }
  if (sessionId === null || over.aborted) return;
  await play(random.pick(COURSES), sessionId, { patient, doctor }, people);
  if (random.chance(0.1)) await office.refundOne(sessionId);
  if (random.chance(0.15)) await office.topUp(grantId, random.between(1, 5));
}

async function play(
  course: Course,
  sessionId: number,
  phones: ReturnType<People['phones']>,
  people: People,
): Promise<void> {
  const { random, office, over } = people;
  const turns = course === 'until_the_units_are_gone' ? MOST_TURNS : random.between(2, 7);
  let isOver = false;
  for (let turn = 0; turn < turns && !isOver && !over.aborted; turn += 1) {
    const phone = random.chance(0.5) ? phones.patient : phones.doctor;
    if (course === 'nobody_writes') isOver = (await phone.askStatus()) === 'over';
    else isOver = (await speak(phone, random)) === 'over';
    await think(people, 1);
  }
  if (isOver || over.aborted) return;
  if (course === 'ended') await phones.patient.end();
  if (course === 'ended_by_the_office') await office.endSession(sessionId, random.chance(0.5));
  if (course === 'forgotten') await watchUntilOver(phones.doctor, people);
}

async function watchUntilOver(phone: NotedPhone, people: People): Promise<void> {
  while (!people.over.aborted && (await phone.askStatus()) !== 'over') await think(people, 1);
}

function speak(phone: NotedPhone, random: Random): ReturnType<NotedPhone['write']> {
  const what = random.next();
  if (what < 0.5) return phone.tellActivity();
  return what < 0.85 ? phone.write() : phone.askStatus();
}

async function think({ random, over }: People, turns: number): Promise<void> {
  const ms = turns * random.between(TURN_MS.min, TURN_MS.max);
  await pause(ms, undefined, { signal: over }).catch(() => {});
}
