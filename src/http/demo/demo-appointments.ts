import { randomInt, randomUUID } from 'node:crypto';
import { appointmentId, grantId, isId, userId } from '../../billing/ids.ts';
import { instant } from '../../billing/time.ts';
import type { ApiEngine } from '../app-options.ts';

/**
 * The people and the appointments of the demo. From this number on nothing belongs to a clinic. An appointment, its
 * patient and the patient's units have one number, which is even; the doctor has the next.
 */
const FIRST_ID = 9_000_000_000_000_000;
const HIGHEST_STEP = 3_000_000_000_000;

const UNITS_AT_FIRST = 4;
const UNITS_OF_A_TOP_UP = 2;
/** Short enough to watch several blocks, independent of the settings. */
const BLOCK_MS = 20_000;
/** Some time ago, so that it can be started at once. */
const SCHEDULED_BEFORE_MS = 60_000;

export const isOfDemo = (id: number): boolean => isId(id) && id >= FIRST_ID && id % 2 === 0;

export const peopleOf = (id: number) => ({ patient: userId(id), doctor: userId(id + 1) });

/** A patient with a few units, and an appointment that may start at once, under numbers chosen at random. */
export async function newDemoAppointment(execute: ApiEngine['execute']): Promise<number> {
  const id = FIRST_ID + 2 * randomInt(HIGHEST_STEP);
  const { patient, doctor } = peopleOf(id);
  await done(
    execute('putSubscription', {
      grantId: grantId(id),
      patientId: patient,
      units: UNITS_AT_FIRST,
      startsAt: null,
      expiresAt: null,
      version: null,
      admin: doctor,
    }),
  );
  await done(
    execute('putAppointment', {
      appointment: {
        id: appointmentId(id),
        patientId: patient,
        doctorId: doctor,
        type: 'text',
        status: 'confirmed',
        scheduledAt: instant(Date.now() - SCHEDULED_BEFORE_MS),
        timeZone: null,
      },
      terms: { intervalMs: BLOCK_MS },
      admin: doctor,
    }),
  );
  return id;
}

export const topUp = (id: number, execute: ApiEngine['execute']): Promise<void> =>
  done(
    execute('adjust', {
      grantId: grantId(id),
      units: UNITS_OF_A_TOP_UP,
      note: 'topped up in the demo',
      idempotencyKey: randomUUID(),
      admin: peopleOf(id).doctor,
    }),
  );

/** Nothing of the demo's own is refused, but a top-up that would make more units than a subscription can hold. */
async function done(outcome: Promise<{ readonly kind: string; readonly code?: string }>): Promise<void> {
  const { kind, code = '' } = await outcome;
  if (kind !== 'stored' && kind !== 'recorded') throw new Error(`the demo was refused: ${kind} ${code}`);
}
