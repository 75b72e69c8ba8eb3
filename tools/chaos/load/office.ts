import { randomUUID } from 'node:crypto';
import type { Caller, Settled } from './caller.ts';
import { fieldOf, numberOf } from './fields.ts';
import type { Question } from './http-exchange.ts';
import type { Journal } from './journal.ts';
import { noteEnd } from './note-end.ts';

/** The clinic's own system: what it does for one patient. */
export interface Office {
  /** False: nobody knows whether it was stored. */
  book(appointmentId: number, patientId: number, doctorId: number): Promise<boolean>;
  sell(grantId: number, patientId: number, units: number): Promise<boolean>;
  topUp(grantId: number, units: number): Promise<void>;
  endSession(sessionId: number, charge: boolean): Promise<void>;
  /** Gives back one charge of the session, where it has one. */
  refundOne(sessionId: number): Promise<void>;
}

export function openOffice(caller: Caller, token: string, journal: Journal): Office {
  const ask = async (question: Question): Promise<Settled> => caller.ask(question, token);
  return {
    book: async (appointmentId, patientId, doctorId) => {
      const body = {
        patient_id: patientId,
        doctor_id: doctorId,
        type: 'text',
        status: 'confirmed',
        scheduled_at: '2026-01-01T00:00:00.000Z',
      };
      const settled = await ask({ method: 'PUT', path: `/api/admin/appointments/${appointmentId}`, body });
      if (settled.kind !== 'acknowledged') return false;
      journal.acknowledge({ kind: 'appointment', appointmentId, patientId });
      return true;
    },
    sell: async (grantId, patientId, units) => {
      const body = { patient_id: patientId, sessions_total: units };
      const settled = await ask({ method: 'PUT', path: `/api/admin/subscriptions/${grantId}`, body });
      if (settled.kind !== 'acknowledged') return false;
      journal.acknowledge({ kind: 'subscription', grantId, units });
      return true;
    },
    topUp: async (grantId, units) => {
      const idempotencyKey = randomUUID();
      journal.useKey(idempotencyKey);
      const path = `/api/admin/subscriptions/${grantId}/adjustments`;
      const settled = await ask({ method: 'POST', path, body: { units, note: 'paid' }, idempotencyKey });
      if (settled.kind !== 'acknowledged') return;
      const entryId = numberOf(settled.data, 'entry_id');
      journal.acknowledge({ kind: 'top_up', entryId, grantId, units, key: idempotencyKey });
    },
    endSession: async (sessionId, charge) => {
      const path = `/api/admin/sessions/${sessionId}/end`;
      const settled = await ask({ method: 'POST', path, body: { note: 'closing time', charge } });
      if (settled.kind === 'acknowledged') noteEnd(journal, settled.data);
    },
    refundOne: async (sessionId) => {
      const found = await ask({ method: 'GET', path: `/api/admin/sessions/${sessionId}` });
      if (found.kind !== 'acknowledged') return;
      const charge = chargesIn(found.data).at(-1);
      if (charge === undefined) return;
      const idempotencyKey = randomUUID();
      journal.useKey(idempotencyKey);
      const path = `/api/admin/ledger/${charge.entryId}/refund`;
      const settled = await ask({ method: 'POST', path, body: { note: 'sorry' }, idempotencyKey });
      if (settled.kind !== 'acknowledged') return;
      const entryId = numberOf(settled.data, 'entry_id');
      const { intervalNo } = charge;
      journal.acknowledge({ kind: 'refund', entryId, sessionId, intervalNo, key: idempotencyKey });
    },
  };
}

function chargesIn(timeline: unknown): readonly { readonly entryId: number; readonly intervalNo: number }[] {
  const ledger = fieldOf(timeline, 'ledger');
  if (!Array.isArray(ledger)) return [];
  return ledger.flatMap((entry: unknown) =>
    fieldOf(entry, 'kind') === 'charge'
      ? [{ entryId: numberOf(entry, 'entry_id'), intervalNo: numberOf(entry, 'interval_no') }]
      : [],
  );
}
