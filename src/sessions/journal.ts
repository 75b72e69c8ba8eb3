import type { Account, Actor, Appointment } from '../billing/account.ts';
import { apply } from '../billing/apply.ts';
import type { Change } from '../billing/change.ts';
import type { AppointmentId, PatientId, SessionId } from '../billing/ids.ts';
import { entryOf } from '../billing/ledger.ts';
import type { Instant } from '../billing/time.ts';
import type { StoredMessage, SessionEvent, EntryRow, SessionCounters } from './store.ts';
import { type EventDraft, eventOf } from './events.ts';

/** An account settled to its present: what every verb decides on. */
export interface SettledAccount {
  readonly account: Account;
  /** The account's present (R1). */
  readonly now: Instant;
}

/** Why, and under which key, an admin stepped in. */
export interface Remark {
  readonly note: string;
  readonly idempotencyKey: string | null;
}

export interface RecordedChange {
  readonly change: Change;
  readonly recordedAt: Instant;
}

/** What a batch came to, in the order in which it happened. */
export interface Work {
  readonly accounts: ReadonlyMap<PatientId, SettledAccount>;
  readonly changes: readonly RecordedChange[];
  readonly entries: readonly EntryRow[];
  readonly events: readonly SessionEvent[];
  readonly messages: readonly StoredMessage[];
  readonly appointments: ReadonlyMap<AppointmentId, Appointment>;
  readonly eventCounts: ReadonlyMap<SessionId, number>;
  readonly messageCounts: ReadonlyMap<SessionId, number>;
}

/** Writes down what the commands of a batch do, and can take back what the last one did. */
export interface Journal {
  readonly work: Work;
  /** Makes the changes and writes them down; answers with the account after them. */
  readonly record: (
    settled: SettledAccount,
    changes: readonly Change[],
    actor: Actor,
    remark?: Remark,
  ) => SettledAccount;
  /** Numbers the message, stores it and writes its line in the audit log. */
  readonly storeMessage: (message: Omit<StoredMessage, 'messageNo'>, actor: Actor) => StoredMessage;
  readonly storeAppointment: (appointment: Appointment) => void;
  /** Runs one command. Where it throws, all that it wrote down is taken back. */
  readonly attempt: <T>(command: () => T) => T;
}

export function openJournal(counters: ReadonlyMap<SessionId, SessionCounters>): Journal {
  const { put, push, attempt } = undoable();
  const work = {
    accounts: new Map<PatientId, SettledAccount>(),
    changes: [] as RecordedChange[],
    entries: [] as EntryRow[],
    events: [] as SessionEvent[],
    messages: [] as StoredMessage[],
    appointments: new Map<AppointmentId, Appointment>(),
    eventCounts: new Map<SessionId, number>(),
    messageCounts: new Map<SessionId, number>(),
  };

  function logEvent(draft: EventDraft, actor: Actor, recordedAt: Instant): void {
    const { sessionId } = draft;
    const eventNo = (work.eventCounts.get(sessionId) ?? counters.get(sessionId)?.eventCount ?? 0) + 1;
    put(work.eventCounts, sessionId, eventNo);
    push(work.events, { ...draft, eventNo, actor, recordedAt });
  }

  return {
    work,
    attempt,
    record: ({ account, now }, changes, actor, remark) => {
      let after = account;
      for (const change of changes) {
        const before = after;
        after = apply(before, change);
        const event = eventOf(before, change, after);
        const entry = entryOf(after, change);
        push(work.changes, { change, recordedAt: now });
        if (event !== null) logEvent(remark === undefined ? event : withNote(event, remark), actor, now);
        if (entry !== null) push(work.entries, { entry, actor, recordedAt: now, ...(remark ?? NO_REMARK) });
      }
      const settled = { account: after, now };
      put(work.accounts, account.patientId, settled);
      return settled;
    },
    storeMessage: (message, actor) => {
      const { sessionId, clientMessageId, sentAt } = message;
      const messageNo = (work.messageCounts.get(sessionId) ?? counters.get(sessionId)?.messageCount ?? 0) + 1;
      put(work.messageCounts, sessionId, messageNo);
      const numbered = { ...message, messageNo };
      push(work.messages, numbered);
      const data = { message_no: messageNo, client_message_id: clientMessageId };
      logEvent({ sessionId, type: 'message', effectiveAt: sentAt, data }, actor, sentAt);
      return numbered;
    },
    storeAppointment: (appointment) => put(work.appointments, appointment.id, appointment),
  };
}

const NO_REMARK = { note: null, idempotencyKey: null };

const withNote = (event: EventDraft, { note }: Remark): EventDraft => ({
  ...event,
  data: { ...event.data, note },
});

/** Maps and lists that can be put back as they were before the last attempt. */
function undoable() {
  let undo: (() => void)[] = [];
  return {
    put: <K, V>(map: Map<K, V>, key: K, value: V): void => {
      const before = map.get(key);
      undo.push(() => (before === undefined ? map.delete(key) : map.set(key, before)));
      map.set(key, value);
    },
    push: <V>(list: V[], value: V): void => {
      undo.push(() => list.pop());
      list.push(value);
    },
    attempt: <T>(command: () => T): T => {
      undo = [];
      try {
        return command();
      } catch (error) {
        for (const step of undo.toReversed()) step();
        throw error;
      }
    },
  };
}
