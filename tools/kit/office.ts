import type { Static } from 'typebox';
import {
  AppointmentAnswer,
  CorrectionAnswer,
  LedgerAnswer,
  type Session,
  SessionAnswer,
  SubscriptionAnswer,
  TimelineAnswer,
} from './answers.ts';
import { type Ask, readReply, type Reply } from './replies.ts';

/** The clinic's own system: the routes of an administrator. */
export interface Office {
  /** A confirmed text appointment whose time has come. */
  readonly book: (
    appointmentId: number,
    patientId: number,
    doctorId: number,
  ) => Promise<Reply<{ appointment_id: number }>>;
  readonly sell: (grantId: number, patientId: number, units: number) => Promise<Reply<{ starts_at: string }>>;
  readonly topUp: (grantId: number, units: number, key: string) => Promise<Reply<{ entry_id: number }>>;
  readonly endSession: (sessionId: number, charge: boolean) => Promise<Reply<Session>>;
  readonly refund: (entryId: number, key: string) => Promise<Reply<{ entry_id: number }>>;
  readonly timeline: (sessionId: number) => Promise<Reply<Static<typeof TimelineAnswer>>>;
  readonly ledger: (patientId: number) => Promise<Reply<Static<typeof LedgerAnswer>>>;
}

const ROUTES = '/api/admin';
const LONG_AGO = '2026-01-01T09:00:00.000Z';

export function openOffice(ask: Ask): Office {
  const put = (path: string, body: object): Promise<Reply<unknown>> =>
    ask({ method: 'PUT', path: `${ROUTES}/${path}`, body });
  const post = (path: string, body: object, idempotencyKey?: string): Promise<Reply<unknown>> =>
    ask({
      method: 'POST',
      path: `${ROUTES}/${path}`,
      body,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
  const get = (path: string): Promise<Reply<unknown>> => ask({ method: 'GET', path: `${ROUTES}/${path}` });
  return {
    book: (appointmentId, patientId, doctorId) =>
      readReply(
        AppointmentAnswer,
        put(`appointments/${appointmentId}`, {
          patient_id: patientId,
          doctor_id: doctorId,
          type: 'text',
          status: 'confirmed',
          scheduled_at: LONG_AGO,
        }),
      ),
    sell: (grantId, patientId, units) =>
      readReply(
        SubscriptionAnswer,
        put(`subscriptions/${grantId}`, { patient_id: patientId, sessions_total: units }),
      ),
    topUp: (grantId, units, key) =>
      readReply(CorrectionAnswer, post(`subscriptions/${grantId}/adjustments`, { units, note: 'paid' }, key)),
    endSession: (sessionId, charge) =>
      readReply(SessionAnswer, post(`sessions/${sessionId}/end`, { note: 'closing time', charge })),
    refund: (entryId, key) =>
      readReply(CorrectionAnswer, post(`ledger/${entryId}/refund`, { note: 'sorry' }, key)),
    timeline: (sessionId) => readReply(TimelineAnswer, get(`sessions/${sessionId}`)),
    ledger: (patientId) => readReply(LedgerAnswer, get(`ledger?patient_id=${patientId}`)),
  };
}
