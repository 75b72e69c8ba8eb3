import { randomUUID } from 'node:crypto';
import { msOf, type Session, type Status } from '../../kit/answers.ts';
import { openOffice } from '../../kit/office.ts';
import { openPhone } from '../../kit/phone.ts';
import type { Ask, Reply } from '../../kit/replies.ts';
import type { Journal } from './journal.ts';

export type Found = 'active' | 'over' | 'unknown';

/** One participant's app, in one appointment. What is acknowledged to it is written into the journal. */
export interface NotedPhone {
  /** The session's id; null where it was refused or the outcome is unknown. The code says why. */
  readonly start: () => Promise<{ readonly sessionId: number | null; readonly code: string | null }>;
  readonly tellActivity: () => Promise<Found>;
  readonly write: () => Promise<Found>;
  readonly askStatus: () => Promise<Found>;
  readonly end: () => Promise<Found>;
}

/** The clinic's own system: what it does for one patient. */
export interface NotedOffice {
  /** False: it may have been stored or not. */
  readonly book: (appointmentId: number, patientId: number, doctorId: number) => Promise<boolean>;
  readonly sell: (grantId: number, patientId: number, units: number) => Promise<boolean>;
  readonly topUp: (grantId: number, units: number) => Promise<void>;
  readonly endSession: (sessionId: number, charge: boolean) => Promise<void>;
  /** Gives back one charge of the session, where it has one. */
  readonly refundOne: (sessionId: number) => Promise<void>;
}

export function openNotedPhone(ask: Ask, appointmentId: number, journal: Journal): NotedPhone {
  const phone = openPhone(ask, appointmentId);
  return {
    start: async () => {
      const reply = await phone.start();
      if (reply.kind !== 'done')
        return { sessionId: null, code: reply.kind === 'refused' ? reply.code : null };
      const { session_id: sessionId, start_time } = reply.data;
      journal.acknowledge({ kind: 'start', appointmentId, sessionId, startMs: msOf(start_time) });
      return { sessionId, code: null };
    },
    tellActivity: async () => {
      const reply = await phone.tellActivity();
      if (reply.kind === 'done') {
        const { session_id: sessionId, last_activity_time } = reply.data;
        journal.acknowledge({ kind: 'activity', sessionId, lastActivityMs: msOf(last_activity_time) });
      }
      return found(reply);
    },
    write: async () => {
      const reply = await phone.write('How are you today?');
      if (reply.kind === 'done')
        journal.acknowledge({
          kind: 'message',
          sessionId: reply.data.session_id,
          messageNo: reply.data.message_no,
          clientMessageId: reply.data.client_message_id,
          sentMs: msOf(reply.data.sent_at),
        });

      return found(reply);
    },
    askStatus: async () => {
      const reply = await phone.status();
      // A status settles in memory alone: the end that it shows is decided, and will be written so.
      return reply.kind === 'done' && noteEnd(journal, reply.data) ? 'over' : found(reply);
    },
    end: async () => {
      const reply = await phone.end();
      if (reply.kind === 'done') noteEnd(journal, reply.data);
      return found(reply) === 'unknown' ? 'unknown' : 'over';
    },
  };
}

export function openNotedOffice(ask: Ask, journal: Journal): NotedOffice {
  const office = openOffice(ask);
  const newKey = (): string => {
    const key = randomUUID();
    journal.useKey(key);
    return key;
  };
  return {
    book: async (appointmentId, patientId, doctorId) => {
      const { kind } = await office.book(appointmentId, patientId, doctorId);
      if (kind === 'done') journal.acknowledge({ kind: 'appointment', appointmentId, patientId });
      return kind === 'done';
    },
    sell: async (grantId, patientId, units) => {
      const { kind } = await office.sell(grantId, patientId, units);
      if (kind === 'done') journal.acknowledge({ kind: 'subscription', grantId, units });
      return kind === 'done';
    },
    topUp: async (grantId, units) => {
      const key = newKey();
      const reply = await office.topUp(grantId, units, key);
      if (reply.kind === 'done')
        journal.acknowledge({ kind: 'top_up', entryId: reply.data.entry_id, grantId, units, key });
    },
    endSession: async (sessionId, charge) => {
      const reply = await office.endSession(sessionId, charge);
      if (reply.kind === 'done') noteEnd(journal, reply.data);
    },
    refundOne: async (sessionId) => {
      const timeline = await office.timeline(sessionId);
      if (timeline.kind !== 'done') return;
      const charge = timeline.data.ledger.findLast(({ kind }) => kind === 'charge');
      if (charge === undefined || charge.interval_no === null) return;
      const key = newKey();
      const reply = await office.refund(charge.entry_id, key);
      if (reply.kind !== 'done') return;
      const { entry_id: entryId } = reply.data;
      journal.acknowledge({ kind: 'refund', entryId, sessionId, intervalNo: charge.interval_no, key });
    },
  };
}

/** Writes down the end that an answer shows, if it shows one. */
function noteEnd(journal: Journal, session: Session | Status): boolean {
  const { session_id: sessionId, ended_at: endedAt, end_reason: reason } = session;
  if (!session.is_ended || sessionId === null || endedAt === null || reason === null) return false;
  const units = 'sessions_deducted' in session ? (session.sessions_deducted ?? null) : null;
  const unitsUsed = session.sessions_used;
  journal.acknowledge({ kind: 'end', sessionId, endedMs: msOf(endedAt), reason, units, unitsUsed });
  return true;
}

function found(reply: Reply<unknown>): Found {
  switch (reply.kind) {
    case 'done':
      return 'active';
    case 'refused':
      return 'over';
    case 'unknown':
      return 'unknown';
  }
}
