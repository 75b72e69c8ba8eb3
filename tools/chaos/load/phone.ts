import { randomUUID } from 'node:crypto';
import type { Caller, Settled } from './caller.ts';
import { instantOf, numberOf, textOf } from './fields.ts';
import type { Journal } from './journal.ts';
import { noteEnd } from './note-end.ts';

export type Found = 'active' | 'over' | 'unknown';

/** One participant's app, in one appointment. */
export interface Phone {
  /** The session's id; null where it was refused or nobody knows. The code says why. */
  start(): Promise<{ readonly sessionId: number | null; readonly code: string | null }>;
  write(): Promise<Found>;
  send(): Promise<Found>;
  look(): Promise<Found>;
  end(): Promise<Found>;
}

const ROUTES = '/api/text-appointments';

export function openPhone(caller: Caller, token: string, appointmentId: number, journal: Journal): Phone {
  const post = (verb: string, body: object): Promise<Settled> =>
    caller.ask({ method: 'POST', path: `${ROUTES}/${verb}`, body }, token);
  const me = { appointment_id: appointmentId };
  return {
    start: async () => {
      const settled = await post('start-session', me);
      if (settled.kind !== 'acknowledged')
        return { sessionId: null, code: settled.kind === 'refused' ? settled.code : null };
      const sessionId = numberOf(settled.data, 'session_id');
      const startMs = instantOf(settled.data, 'start_time');
      journal.acknowledge({ kind: 'start', appointmentId, sessionId, startMs });
      return { sessionId, code: null };
    },
    write: async () => {
      const settled = await post('update-activity', me);
      if (settled.kind === 'acknowledged')
        journal.acknowledge({
          kind: 'activity',
          sessionId: numberOf(settled.data, 'session_id'),
          lastActivityMs: instantOf(settled.data, 'last_activity_time'),
        });
      return found(settled);
    },
    send: async () => {
      const body = { client_message_id: randomUUID(), text: 'How are you today?' };
      const settled = await post(`${appointmentId}/messages`, body);
      if (settled.kind === 'acknowledged')
        journal.acknowledge({
          kind: 'message',
          sessionId: numberOf(settled.data, 'session_id'),
          messageNo: numberOf(settled.data, 'message_no'),
          clientMessageId: textOf(settled.data, 'client_message_id'),
          sentMs: instantOf(settled.data, 'sent_at'),
        });
      return found(settled);
    },
    look: async () => {
      const path = `${ROUTES}/${appointmentId}/session-status`;
      const settled = await caller.ask({ method: 'GET', path }, token);
      // A status settles in memory alone: the end that it shows is decided, and will be written so.
      return settled.kind === 'acknowledged' && noteEnd(journal, settled.data) ? 'over' : found(settled);
    },
    end: async () => {
      const settled = await post('end-session', me);
      if (settled.kind === 'acknowledged') noteEnd(journal, settled.data);
      return found(settled) === 'unknown' ? 'unknown' : 'over';
    },
  };
}

function found(settled: Settled): Found {
  switch (settled.kind) {
    case 'acknowledged':
      return 'active';
    case 'refused':
      return 'over';
    case 'unknown':
      return 'unknown';
  }
}
