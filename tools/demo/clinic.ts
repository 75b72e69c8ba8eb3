import { randomUUID } from 'node:crypto';
import {
  DeductionAnswer,
  EndedAnswer,
  EventsAnswer,
  LedgerAnswer,
  MessageAnswer,
  StartedAnswer,
  StatusAnswer,
  SubscriptionAnswer,
  msOf,
  readData,
} from './answers.ts';
import type { EntryAnswer, SessionEvent, Status } from './answers.ts';
import type { Caller } from './caller.ts';

/** One participant's phone: the routes of the app, and nothing else. */
export interface Phone {
  readonly start: () => Promise<{ readonly sessionId: number; readonly startMs: number }>;
  /** Gives when the server took the message. */
  readonly write: (text: string) => Promise<number>;
  /** Gives when the session ended. */
  readonly end: (claimedUnits: number | undefined) => Promise<number>;
  /** Gives how many units the server says it has deducted for that. */
  readonly askForDeduction: (units: number) => Promise<number>;
  readonly status: () => Promise<Status>;
}

/** The clinic's office: the routes of an administrator. */
export interface Office {
  /** Gives from when on the subscription is valid. */
  readonly sell: (grantId: number, patientId: number, units: number) => Promise<number>;
  readonly book: (appointmentId: number, patientId: number, doctorId: number) => Promise<void>;
  readonly events: (sessionId: number) => Promise<readonly SessionEvent[]>;
  readonly ledger: (patientId: number) => Promise<readonly LedgerEntry[]>;
}

/** An entry as the ledger holds it. Instants in milliseconds since 1970. */
export interface LedgerEntry {
  readonly kind: string;
  readonly reason: string;
  readonly block: number | null;
  readonly grantId: number;
  readonly units: number;
  readonly dueMs: number;
  readonly recordedMs: number;
  readonly left: number;
}

/** An appointment that is about to begin. */
const BOOKED_AGO_MS = 60_000;

export function createPhone(caller: Caller, appointmentId: number): Phone {
  const appointments = '/api/text-appointments';
  const post = (path: string, body: object): Promise<unknown> =>
    caller.send('POST', `${appointments}/${path}`, body);
  return {
    async start() {
      const answer = await post('start-session', { appointment_id: appointmentId });
      const { session_id, start_time } = readData(StartedAnswer, answer);
      return { sessionId: session_id, startMs: msOf(start_time) };
    },
    async write(text) {
      const answer = await post(`${appointmentId}/messages`, { client_message_id: randomUUID(), text });
      return msOf(readData(MessageAnswer, answer).sent_at);
    },
    async end(claimedUnits) {
      const claim = claimedUnits === undefined ? {} : { sessions_to_deduct: claimedUnits };
      const answer = await post('end-session', { appointment_id: appointmentId, ...claim });
      return msOf(readData(EndedAnswer, answer).ended_at);
    },
    async askForDeduction(units) {
      const claim = { appointment_id: appointmentId, sessions_to_deduct: units, reason: 'interval' };
      return readData(DeductionAnswer, await post('process-deduction', claim)).sessions_deducted;
    },
    async status() {
      const answer = await caller.send('GET', `${appointments}/${appointmentId}/session-status`);
      return readData(StatusAnswer, answer);
    },
  };
}

export function createOffice(caller: Caller): Office {
  return {
    async sell(grantId, patientId, units) {
      const body = { patient_id: patientId, sessions_total: units };
      const answer = await caller.send('PUT', `/api/admin/subscriptions/${grantId}`, body);
      return msOf(readData(SubscriptionAnswer, answer).starts_at);
    },
    async book(appointmentId, patientId, doctorId) {
      await caller.send('PUT', `/api/admin/appointments/${appointmentId}`, {
        patient_id: patientId,
        doctor_id: doctorId,
        type: 'text',
        status: 'confirmed',
        scheduled_at: new Date(Date.now() - BOOKED_AGO_MS).toISOString(),
      });
    },
    async events(sessionId) {
      const answer = await caller.send('GET', `/api/admin/sessions/${sessionId}`);
      return readData(EventsAnswer, answer).events;
    },
    async ledger(patientId) {
      const answer = await caller.send('GET', `/api/admin/ledger?patient_id=${patientId}`);
      return readData(LedgerAnswer, answer).entries.map(toEntry);
    },
  };
}

function toEntry(entry: EntryAnswer): LedgerEntry {
  return {
    kind: entry.kind,
    reason: entry.reason,
    block: entry.interval_no,
    grantId: entry.grant_id,
    units: entry.units,
    dueMs: msOf(entry.effective_at),
    recordedMs: msOf(entry.recorded_at),
    left: entry.balance_after,
  };
}
