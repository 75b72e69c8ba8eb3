import { endUnits } from './compare-events.ts';
import { type Difference, shown, shownInstant } from './difference.ts';
import { part, type StoredEvent, type StoredSession, wholeNumber } from './history.ts';
import type { SessionFigures } from './reference-model/naive-types.ts';
import type { Recomputed } from './recompute.ts';

type Column = readonly [column: string, expected: string, found: string];

/** A session's row against what the rules make of its events. */
export function compareSession(
  patientId: number,
  session: StoredSession,
  events: readonly StoredEvent[],
  made: Recomputed,
): readonly Difference[] {
  const { sessionId } = session;
  const figures = made.result.sessions[sessionId];
  if (figures === undefined) {
    const isLogged = events.some(({ type }) => type === 'started');
    const expected = isLogged ? 'none: its start could not happen' : 'a line that says how it started';
    const found = `session ${sessionId}`;
    return [{ kind: 'session_differs', patientId, sessionId, grantId: null, column: 'id', expected, found }];
  }
  return [
    ...fixedAtStart(patientId, session, events),
    ...counted(session, events),
    ...activity(session, figures, made),
    ...(figures.isActive ? whileActive(session, made) : afterEnd(session, events, figures, made)),
  ]
    .filter(([, expected, found]) => expected !== found)
    .map(([column, expected, found]) => {
      return { kind: 'session_differs', patientId, sessionId, grantId: null, column, expected, found };
    });
}

function fixedAtStart(
  patientId: number,
  session: StoredSession,
  events: readonly StoredEvent[],
): readonly Column[] {
  const started = events.find(({ type }) => type === 'started');
  const data = started?.data;
  return [
    ['start_time', shownInstant(started?.effectiveAt ?? null), shownInstant(session.startedAt)],
    ['patient_id', shown(wholeNumber(data, 'patient_id')), shown(patientId)],
    ['doctor_id', shown(wholeNumber(data, 'doctor_id')), shown(session.doctorId)],
    ['appointment_id', shown(wholeNumber(data, 'appointment_id')), shown(session.appointmentId)],
    ['policy', inOneForm(part(data, 'policy')), inOneForm(session.policy)],
  ];
}

/** The database keeps the fields of an object in an order of its own. */
const inOneForm = (policy: unknown): string =>
  JSON.stringify(Object.entries(Object(policy)).sort(([a], [b]) => (a < b ? -1 : 1)));

const counted = (session: StoredSession, events: readonly StoredEvent[]): readonly Column[] => [
  ['event_count', shown(events.at(-1)?.eventNo ?? 0), shown(session.eventCount)],
  [
    'message_count',
    shown(events.filter(({ type }) => type === 'message').length),
    shown(session.messageCount),
  ],
];

function activity(session: StoredSession, figures: SessionFigures, made: Recomputed): readonly Column[] {
  const firstOfPatient = made.inputs.find(
    ({ action }) =>
      action.kind === 'write' && action.sessionId === session.sessionId && action.role === 'patient',
  );
  return [
    ['has_patient_activity', shown(figures.hasPatientActivity), shown(session.hasPatientActivity)],
    ['has_doctor_activity', shown(figures.hasDoctorActivity), shown(session.hasDoctorActivity)],
    [
      'first_patient_activity_at',
      shownInstant(figures.hasPatientActivity ? (firstOfPatient?.action.at ?? null) : null),
      shownInstant(session.firstPatientActivityAt),
    ],
    ['last_activity_time', shownInstant(figures.lastActivityAt), shownInstant(session.lastActivityAt)],
    ['sessions_used', shown(figures.sessionsUsed), shown(session.sessionsUsed)],
  ];
}

const whileActive = (session: StoredSession, { result, charges }: Recomputed): readonly Column[] => [
  ['is_active', 'true', shown(session.isActive)],
  ['hold_grant_id', shown(result.holds[session.sessionId] ?? null), shown(session.heldOn)],
  ['block_no', shown(charges.get(session.sessionId)?.size ?? 0), shown(session.blockNo)],
];

function afterEnd(
  session: StoredSession,
  events: readonly StoredEvent[],
  figures: SessionFigures,
  { charges }: Recomputed,
): readonly Column[] {
  const units = endUnits(figures, charges.get(session.sessionId) ?? new Map());
  const recordedAt = events.find(({ type }) => type === 'ended')?.recordedAt ?? session.endRecordedAt;
  return [
    ['is_active', 'false', shown(session.isActive)],
    ['ended_at', shownInstant(figures.endedAt), shownInstant(session.endedAt)],
    ['end_reason', shown(figures.endReason), shown(session.endReason)],
    ['end_units', shown(units), shown(session.endUnits)],
    ['end_recorded_at', shownInstant(recordedAt), shownInstant(session.endRecordedAt)],
    ['hold_grant_id', 'none', shown(session.heldOn)],
  ];
}
