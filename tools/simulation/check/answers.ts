import type { Instant } from '../../../src/billing/time.ts';
import type { SessionView } from '../../../src/sessions/view.ts';
import type { Tables } from '../../kit/memory-database/tables.ts';
import type { Note } from '../world/record-decisions.ts';
import type { Records, Expected } from './records.ts';
import { factsOf } from './account-now.ts';

/** What is wrong with the answer to a committed command, in words; null where nothing is. */
export function wrongAnswer(
  { kind, outcome }: Note,
  expected: Expected,
  now: Instant,
  records: Records,
): string | null {
  const answer = outcome.kind === 'refused' ? outcome.code : outcome.kind;
  if (answer !== expected.answer) return `${kind} was answered ${answer}, and ${expected.answer} is right`;
  if (outcome.kind === 'active' && outcome.delayMs !== expected.delayMs)
    return `the next deadline was to be in ${outcome.delayMs} ms, and ${expected.delayMs} ms is right`;
  const { patient, session } = expected;
  if (!('session' in outcome) || outcome.session === undefined || patient === null || session === null)
    return null;
  return difference(
    viewOf(outcome.session),
    viewTold(patient, session, now, records),
    `the session in the answer`,
  );
}

const viewOf = ({ session, remainingUnits, availableUnits }: SessionView) => ({
  ...factsOf(session),
  remainingUnits,
  availableUnits,
});

function viewTold(patient: number, session: number, now: Instant, records: Records) {
  const { sessions, grants } = records.script(patient).resultAt(now);
  let remainingUnits = 0;
  let heldUnits = 0;
  for (const [id, { remaining, held }] of Object.entries(grants)) {
    const known = records.grants.get(Number(id));
    if (known === undefined || now < known.startsAt || (known.expiresAt !== null && now >= known.expiresAt))
      continue;
    remainingUnits += remaining;
    heldUnits += held;
  }
  const figures = sessions[session];
  if (figures === undefined) return { remainingUnits, availableUnits: remainingUnits - heldUnits };
  const { lowBalanceAt: _said, ...facts } = figures;
  return { ...facts, remainingUnits, availableUnits: remainingUnits - heldUnits };
}

/** Answers of the kind "there is no such": right where there was none when the batch asked what to lock. */
export function isRightlyMissed({ kind, command, outcome }: Note, seen: Tables): boolean {
  const code = outcome.kind === 'refused' ? outcome.code : outcome.kind;
  switch (kind) {
    case 'start':
    case 'recordActivity':
    case 'sendMessage':
    case 'end':
      return code === 'appointment_not_found' && !seen.appointments.has(command.appointmentId);
    case 'endByAdmin':
      return code === 'session_not_found' && !seen.sessions.has(command.sessionId);
    case 'settle':
      return code === 'unknown' && !seen.sessions.has(command.sessionId);
    case 'adjust':
      return code === 'subscription_not_found' && !seen.grants.has(command.grantId);
    case 'putAppointment':
    case 'putSubscription':
    case 'refund':
    case 'takeBack':
      return false;
  }
}

/** The first place at which two values are not the same, in words; null where they are. Both are plain data. */
export function difference(engine: unknown, model: unknown, path: string): string | null {
  if (Object.is(engine, model)) return null;
  if (!isRecord(engine) || !isRecord(model))
    return `${path}: the engine says ${JSON.stringify(engine)}, the model ${JSON.stringify(model)}`;
  for (const key of Object.keys(model)) {
    const found = difference(engine[key], model[key], `${path}.${key}`);
    if (found !== null) return found;
  }
  const more = Object.keys(engine).find((key) => !(key in model));
  return more === undefined ? null : difference(engine[more], undefined, `${path}.${more}`);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
