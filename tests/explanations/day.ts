/** A day of one patient, played by the real engine: session 1, grant 11, and user 3 as the administrator. */
import { appointmentId, grantId, ledgerEntryId, sessionId, userId } from '../../src/billing/ids.ts';
import type { Policy } from '../../src/billing/policy.ts';
import { instant, type Instant } from '../../src/billing/time.ts';
import {
  type ReaderOptions,
  type ExplainedBlock,
  explainSession,
} from '../../src/explanations/explain-session.ts';
import type { Explanation } from '../../src/explanations/explanation.ts';
import type { WorkersAway } from '../../src/sessions/records.ts';
import { anAppointment, DOCTOR, PATIENT } from '../billing/specimens.ts';
import { openEngine } from '../sessions/engine.ts';
import { type Told, toldFrom } from './told.ts';

const SESSION = sessionId(1);
const ADMIN = userId(3);
export const NOTE = 'The clinic’s "line" was down';

/** `10:24:10` of 15 January 2027 in UTC, or any other day: `2027-03-28 00:55:00`. */
export const at = (clock: string): Instant =>
  instant(Date.parse(`${clock.includes(' ') ? clock.replace(' ', 'T') : `2027-01-15T${clock}`}Z`));

export type Deed =
  | { readonly by: 'patient' | 'doctor'; readonly does: 'start' | 'write' | 'end' }
  | { readonly by: 'admin'; readonly does: 'end'; readonly charge: boolean }
  | { readonly by: 'admin'; readonly does: 'give back'; readonly block: number }
  | { readonly by: 'worker'; readonly does: 'settle' };

export const start: Deed = { by: 'patient', does: 'start' };
export const patientWrites: Deed = { by: 'patient', does: 'write' };
export const doctorWrites: Deed = { by: 'doctor', does: 'write' };
export const patientEnds: Deed = { by: 'patient', does: 'end' };
export const doctorEnds: Deed = { by: 'doctor', does: 'end' };
export const workerSettles: Deed = { by: 'worker', does: 'settle' };
export const adminEnds = (charge: boolean): Deed => ({ by: 'admin', does: 'end', charge });
export const adminGivesBack = (block: number): Deed => ({ by: 'admin', does: 'give back', block });

export interface Day {
  readonly policy?: Partial<Policy>;
  /** @default 10 */
  readonly units?: number;
  /** What was done, in order, each with its time. */
  readonly deeds: readonly (readonly [clock: string, deed: Deed])[];
}

export const MINUTE_MS = 60_000;

/** Both have written, and the session is in its third block. */
export const INTO_BLOCK_3: Day['deeds'] = [
  ['10:00:00', start],
  ['10:01:00', patientWrites],
  ['10:02:00', doctorWrites],
  ['10:10:00', workerSettles],
  ['10:20:00', workerSettles],
];

export const day = (policy: Partial<Policy>, ...deeds: Day['deeds']): Day => ({ policy, deeds });
export const inBlock3 = (...deeds: Day['deeds']): Day['deeds'] => [...INTO_BLOCK_3, ...deeds];

/** A message at least every four minutes from 09:58:00 to the time given, so that nothing is idle for five before. */
export const KEPT_BUSY: Day['deeds'] = [
  ['09:58:00', start],
  ['10:02:00', patientWrites],
  ['10:06:00', doctorWrites],
  ['10:10:00', patientWrites],
  ['10:14:00', patientWrites],
];

export const IDLE = { idleMs: 5 * MINUTE_MS };

/** Plays the day. `told` is as of the last deed, or of a later time. */
export async function play({ policy, units = 10, deeds }: Day) {
  const { executor, store, setClock } = openEngine(policy === undefined ? {} : { policy });
  const { execute } = executor;
  const scheduledAt = at('2027-01-15 00:00:00');
  const appointment = anAppointment({ id: 1, scheduledAt });
  await execute('putAppointment', { appointment, admin: ADMIN });
  const bought = { grantId: grantId(11), patientId: PATIENT, units, startsAt: scheduledAt };
  await execute('putSubscription', { ...bought, expiresAt: null, version: null, admin: ADMIN });
  const chargeOf = (block: number) =>
    store.tables().entries.find(({ entry }) => entry.kind === 'charge' && entry.intervalNo === block)?.id;

  async function carryOut(deed: Deed): Promise<{ readonly kind: string }> {
    const caller = deed.by === 'doctor' ? DOCTOR : PATIENT;
    const own = { appointmentId: appointmentId(1), caller };
    switch (deed.does) {
      case 'start':
        return execute('start', own);
      case 'write':
        return execute('recordActivity', own);
      case 'settle':
        return execute('settle', { sessionId: SESSION });
      case 'give back': {
        const entryId = chargeOf(deed.block) ?? ledgerEntryId(999_999);
        return execute('refund', {
          entryId,
          admin: ADMIN,
          note: NOTE,
          idempotencyKey: `block ${deed.block}`,
        });
      }
      case 'end':
        return deed.by === 'admin'
          ? execute('endByAdmin', { sessionId: SESSION, admin: ADMIN, note: NOTE, charge: deed.charge })
          : execute('end', own);
    }
  }

  let now = scheduledAt;
  for (const [clock, deed] of deeds) {
    now = at(clock);
    setClock(now);
    const { kind } = await carryOut(deed);
    if (kind === 'refused') throw new Error(`at ${clock} it was refused to ${deed.by} to ${deed.does}`);
  }
  return { tables: store.tables(), told: (later = now) => toldFrom(store.tables(), SESSION, later) };
}

/** Every sentence of a session, read back under the names that people would look for. */
export interface Sentences {
  readonly end: Explanation | null;
  readonly blocks: readonly ExplainedBlock[];
  readonly entries: readonly Explanation[];
}

export function sentencesOf(
  told: Told,
  asking: Partial<ReaderOptions> = {},
  workersAway?: WorkersAway,
): Sentences {
  const explained = explainSession(told, { reader: 'staff', timeZone: 'UTC', ...asking }, workersAway);
  return {
    end: explained.end,
    blocks: told.blocks.map(explained.block),
    entries: told.entries.map(explained.entry),
  };
}
