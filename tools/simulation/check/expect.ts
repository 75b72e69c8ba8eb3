/**
 * What each committed command should have been answered, by the rules of admission written once more in plain words
 * and, for everything about time and units, by the reference model. Each call also adds the command to the
 * script of its account.
 */
import type { Tables } from '../../kit/memory-database/tables.ts';
import type { Note } from '../world/record-decisions.ts';
import type { Records, Expected, NoteOf } from './records.ts';
import { expectAdjustment, expectRefund, expectSubscription, expectTakeBack } from './expect-corrections.ts';
import { modelPolicyUnder } from './model.ts';

export function expectedOf(note: Note, now: number, tables: Tables, records: Records): Expected {
  switch (note.kind) {
    case 'putAppointment': {
      const { appointment, terms = {} } = note.command;
      const before = records.appointments.get(appointment.id)?.terms;
      records.appointments.set(appointment.id, { ...appointment, terms: { ...before, ...terms } });
      return { patient: null, session: null, answer: 'stored' };
    }
    case 'start':
      return expectStart(note, now, records);
    case 'recordActivity':
    case 'sendMessage':
      return expectWrite(note, now, records);
    case 'end':
      return expectEnd(note, now, records);
    case 'endByAdmin': {
      const { sessionId, charge } = note.command;
      return expectEndOf(sessionId, { kind: 'admin_end', charge }, now, records);
    }
    case 'settle':
      return expectSettle(note.command.sessionId, now, records);
    case 'putSubscription':
      return expectSubscription(note, now, records);
    case 'adjust':
      return expectAdjustment(note, now, records);
    case 'refund':
      return expectRefund(note, now, tables, records);
    case 'takeBack':
      return expectTakeBack(note, now, tables, records);
  }
}

/** The caller's part, or why there is none. */
function partOf(
  { appointmentId, caller }: { readonly appointmentId: number; readonly caller: number },
  { appointments, sessions }: Records,
) {
  const appointment = appointments.get(appointmentId);
  if (appointment === undefined)
    return { refusal: 'appointment_not_found', patient: null, session: null } as const;
  const { patientId: patient, doctorId } = appointment;
  const session = sessions.get(appointmentId) ?? null;
  if (caller !== patient && caller !== doctorId)
    return { refusal: 'not_a_participant', patient, session } as const;
  const role = caller === patient ? ('patient' as const) : ('doctor' as const);
  return { refusal: null, patient, session, role, appointment };
}

/** R2, in its order. */
function expectStart(
  { command, outcome, settings }: NoteOf<'start'>,
  now: number,
  records: Records,
): Expected {
  const part = partOf(command, records);
  const { patient, session } = part;
  if (part.refusal !== null) return { patient, session, answer: part.refusal };
  const script = records.script(part.patient);
  if (session !== null) {
    const isActive = script.resultAt(now).sessions[session]?.isActive === true;
    return { patient, session, answer: isActive ? 'already_active' : 'session_ended' };
  }
  const { status, scheduledAt } = part.appointment;
  const refused = (answer: string): Expected => ({ patient, session: null, answer });
  if (status !== 'confirmed') return refused('appointment_not_confirmed');
  if (now + settings.earlyStartMs < scheduledAt) return refused('appointment_time_not_reached');
  if (settings.startWindowMs !== null && now - scheduledAt >= settings.startWindowMs)
    return refused('appointment_window_passed');
  const started = outcome.kind === 'started' ? outcome.session.session.id : null;
  const sessionId = started ?? 1_000_000 + records.patients.size;
  const before = script.resultAt(now).outcomes.length;
  const policy = modelPolicyUnder(part.appointment.terms, settings.policy);
  script.add({ at: now, kind: 'start', sessionId, patientId: part.patient, policy });
  const answer = script.resultAt(now).outcomes[before] ?? 'nothing';
  if (answer !== 'ok') return refused(answer);
  records.sessions.set(command.appointmentId, sessionId);
  records.patients.set(sessionId, part.patient);
  return { patient, session: sessionId, answer: 'started' };
}

/** R7. */
function expectWrite(
  note: NoteOf<'recordActivity' | 'sendMessage'>,
  now: number,
  records: Records,
): Expected {
  const part = partOf(note.command, records);
  const { patient, session } = part;
  if (part.refusal !== null) return { patient, session, answer: part.refusal };
  if (session === null) return { patient, session, answer: 'no_active_session' };
  if (note.kind === 'sendMessage') {
    const { clientMessageId, text, caller } = note.command;
    const before = records.messages.get(`${session} ${clientMessageId}`);
    const answer = before === `${caller} ${text}` ? 'stored_before' : 'message_id_reused';
    if (before !== undefined) return { patient, session, answer };
  }
  const script = records.script(part.patient);
  const isActive = script.resultAt(now).sessions[session]?.isActive === true;
  if (!isActive) return { patient, session, answer: 'session_ended' };
  script.add({ at: now, kind: 'write', sessionId: session, role: part.role });
  if (note.kind === 'recordActivity') return { patient, session, answer: 'recorded' };
  const { clientMessageId, text, caller } = note.command;
  records.messages.set(`${session} ${clientMessageId}`, `${caller} ${text}`);
  return { patient, session, answer: 'stored' };
}

function expectEnd({ command }: NoteOf<'end'>, now: number, records: Records): Expected {
  const part = partOf(command, records);
  const { patient, session } = part;
  if (part.refusal !== null) return { patient, session, answer: part.refusal };
  if (session === null) return { patient, session, answer: 'no_active_session' };
  return expectEndOf(session, { kind: 'end', by: part.role }, now, records);
}

type End =
  | { readonly kind: 'end'; readonly by: 'patient' | 'doctor' }
  | { readonly kind: 'admin_end'; readonly charge: boolean };

/** R6. */
function expectEndOf(session: number, end: End, now: number, records: Records): Expected {
  const patient = records.patients.get(session);
  if (patient === undefined) return { patient: null, session: null, answer: 'session_not_found' };
  const script = records.script(patient);
  const isActive = script.resultAt(now).sessions[session]?.isActive === true;
  if (isActive) script.add({ at: now, sessionId: session, ...end });
  return { patient, session, answer: isActive ? 'ended' : 'ended_before' };
}

function expectSettle(session: number, now: number, records: Records): Expected {
  const patient = records.patients.get(session);
  if (patient === undefined) return { patient: null, session: null, answer: 'unknown' };
  const script = records.script(patient);
  const isActive = script.resultAt(now).sessions[session]?.isActive === true;
  if (!isActive) return { patient, session, answer: 'ended' };
  return { patient, session, answer: 'active', delayMs: script.nextDeadline(session, now) - now };
}
