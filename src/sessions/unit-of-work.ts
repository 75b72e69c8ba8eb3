import { type Account, type Actor, type Appointment, type Session, system } from '../billing/account.ts';
import { accountNow } from '../billing/account-now.ts';
import { apply } from '../billing/apply.ts';
import type { Change } from '../billing/change.ts';
import type { CorrectableEntry, Undone } from '../billing/corrections.ts';
import type { AppointmentId, GrantId, LedgerEntryId, PatientId, SessionId, UserId } from '../billing/ids.ts';
import { entryOf, type LedgerEntry } from '../billing/ledger.ts';
import { settle } from '../billing/settle.ts';
import type { Instant } from '../billing/time.ts';
import type { AdminAction } from './admin-actions.ts';
import { type EventDraft, eventOf } from './events.ts';
import type { EntryRow, Loaded, Logged, RecordedCorrection, SessionEvent, StoredMessage } from './store.ts';

/** The commands of one batch over what was loaded for them. It collects what has to be written; it does no I/O. */
export interface UnitOfWork {
  /** Runs one command. If it throws, what it recorded is undone; what the commands before it recorded stays. */
  readonly attempt: <T>(command: (work: Work) => T) => T;
  readonly recorded: Recorded;
}

/** What one command sees, with the effects of the commands before it, and where it records its own. */
export interface Work {
  /** What this batch has changed so far. It grows. */
  readonly changes: Recorded['changes'];
  /** The patient's account; null where there is none. @throws Error where settling it fails, which is a bug. */
  readonly account: (patientId: PatientId) => SettledAccount | null;
  /** The account of the session's, or the grant's, patient; null where there is no such session or grant. */
  readonly accountOfSession: (id: SessionId) => SettledAccount | null;
  readonly accountOfGrant: (id: GrantId) => SettledAccount | null;
  readonly appointment: (id: AppointmentId) => Appointment | null;
  /** The appointment's session, settled. */
  readonly sessionOfAppointment: (id: AppointmentId) => Session | null;
  /** The entry as it is once its account is settled. */
  readonly entry: (id: LedgerEntryId) => CorrectableEntry | null;
  /** What was recorded before under this key. */
  readonly correction: (admin: UserId, idempotencyKey: string) => RecordedCorrection | null;
  readonly message: (sessionId: SessionId, clientMessageId: string) => StoredMessage | null;
  /** How much the session's log holds with what this batch recorded. */
  readonly logged: (id: SessionId) => Logged;
  readonly newSessionId: () => SessionId;
  /** Makes the changes and records them, with their entries and events. Returns the account after them. */
  readonly record: (
    settled: SettledAccount,
    changes: readonly Change[],
    actor: Actor,
    adminNote?: AdminNote,
  ) => SettledAccount;
  /** Numbers the message, records it and its event. */
  readonly storeMessage: (message: Omit<StoredMessage, 'messageNo'>, actor: Actor) => StoredMessage;
  readonly storeAppointment: (appointment: Appointment) => void;
  /** What was due of the account and is written by this batch, whatever its commands are. */
  readonly due: (patientId: PatientId) => readonly LedgerEntry[];
  /** Records what an administrator did, with what it brought about. */
  readonly recordAction: (action: AdminAction) => void;
}

/** What every command decides on. */
export interface SettledAccount {
  readonly account: Account;
  /** The instant to which it is settled (R1). */
  readonly accountNow: Instant;
}

/** Why an admin stepped in, and under which key. */
export interface AdminNote {
  readonly note: string;
  readonly idempotencyKey: string | null;
}

export interface RecordedChange {
  readonly change: Change;
  readonly recordedAt: Instant;
}

/** What the commands of a batch did, in the order in which it happened. */
export interface Recorded {
  readonly accounts: ReadonlyMap<PatientId, SettledAccount>;
  readonly changes: readonly RecordedChange[];
  readonly entries: readonly EntryRow[];
  readonly events: readonly SessionEvent[];
  readonly messages: readonly StoredMessage[];
  readonly actions: readonly AdminAction[];
  readonly appointments: ReadonlyMap<AppointmentId, Appointment>;
  readonly eventCounts: ReadonlyMap<SessionId, number>;
  readonly messageCounts: ReadonlyMap<SessionId, number>;
}

export function openUnitOfWork(loaded: Loaded): UnitOfWork {
  const { recorded, attempt, ...recorder } = openRecorder(loaded.counters);
  const accounts = new Map(loaded.accounts.map((account) => [account.patientId, account]));
  const appointments = new Map(loaded.appointments.map((appointment) => [appointment.id, appointment]));
  const patientOfSession = patientOf(loaded.accounts, ({ sessions }) => sessions);
  const patientOfGrant = patientOf(loaded.accounts, ({ grants }) => grants);
  const newSessionIds = [...loaded.newSessionIds];

  const account: Work['account'] = (patientId) => {
    const settled = recorded.accounts.get(patientId);
    if (settled !== undefined) return settled;
    const found = accounts.get(patientId);
    if (found === undefined) return null;
    const now = accountNow(found, loaded.now);
    return recorder.record({ account: found, accountNow: now }, settle(found, now).changes, system);
  };
  /** By the patient as loaded, who never changes; else among the accounts to which this batch added something. */
  function accountWith(
    patientId: PatientId | undefined,
    has: (account: Account) => boolean,
  ): SettledAccount | null {
    if (patientId !== undefined) return account(patientId);
    for (const settled of recorded.accounts.values()) if (has(settled.account)) return settled;
    return null;
  }
  const accountOfGrant: Work['accountOfGrant'] = (id) =>
    accountWith(patientOfGrant.get(id), ({ grants }) => grants.some((grant) => grant.id === id));
  const appointment: Work['appointment'] = (id) =>
    recorded.appointments.get(id) ?? appointments.get(id) ?? null;

  const work: Work = {
    ...recorder,
    changes: recorded.changes,
    account,
    appointment,
    accountOfGrant,
    accountOfSession: (id) =>
      accountWith(patientOfSession.get(id), ({ sessions }) => sessions.some((session) => session.id === id)),
    sessionOfAppointment: (id) => {
      const patientId = appointment(id)?.patientId;
      const settled = patientId === undefined ? null : account(patientId);
      return settled?.account.sessions.find((session) => session.appointmentId === id) ?? null;
    },
    entry: (id) => {
      const entry = loaded.entries.get(id);
      if (entry === undefined) return null;
      // Settling the account may refund this very charge (R9), so that comes first.
      accountOfGrant(entry.grantId);
      return { ...entry, undone: entry.undone ?? undoneIn(recorded, entry) };
    },
    due: (patientId) => dueIn(recorded, patientId),
    correction: (admin, key) =>
      [...loaded.corrections, ...correctionsIn(recorded)].find(
        (made) => made.admin === admin && made.idempotencyKey === key,
      ) ?? null,
    message: (sessionId, clientMessageId) =>
      [...loaded.messages, ...recorded.messages].find(
        (message) => message.sessionId === sessionId && message.clientMessageId === clientMessageId,
      ) ?? null,
    logged: (id) => {
      const stored = loaded.counters.get(id);
      return {
        eventNo: recorded.eventCounts.get(id) ?? stored?.eventCount ?? 0,
        messageNo: recorded.messageCounts.get(id) ?? stored?.messageCount ?? 0,
      };
    },
    newSessionId: () => {
      const id = newSessionIds.pop();
      if (id === undefined) throw new Error('more sessions were started than ids were asked for');
      return id;
    },
  };
  return { recorded, attempt: (command) => attempt(() => command(work)) };
}

/** The patient of each session or grant, by its id. */
const patientOf = <Id>(
  accounts: readonly Account[],
  ownedBy: (account: Account) => readonly { readonly id: Id }[],
): ReadonlyMap<Id, PatientId> =>
  new Map(
    accounts.flatMap((account) => ownedBy(account).map(({ id }): [Id, PatientId] => [id, account.patientId])),
  );

/** By what this batch undid the entry already: a charge by R9 or by a command before, a refund by a command before. */
function undoneIn(
  { entries }: Recorded,
  { id, kind, sessionId, intervalNo }: CorrectableEntry,
): Undone | null {
  const undoing = entries.find(({ entry }) =>
    kind === 'charge'
      ? entry.kind === 'refund' && entry.sessionId === sessionId && entry.intervalNo === intervalNo
      : entry.takesBack === id,
  );
  return undoing === undefined ? null : { by: undoing.actor, at: undoing.entry.effectiveAt };
}

/** What settling the account wrote. */
const dueIn = ({ entries }: Recorded, patientId: PatientId): readonly LedgerEntry[] =>
  entries.flatMap(({ entry, actor }) =>
    actor.role === 'system' && entry.patientId === patientId ? [entry] : [],
  );

/** The corrections that this batch recorded under a key. */
const correctionsIn = ({ entries }: Recorded): readonly RecordedCorrection[] =>
  entries.flatMap(({ entry, actor, note, idempotencyKey }) =>
    actor.role === 'admin' && idempotencyKey !== null
      ? [{ ...entry, admin: actor.id, note, idempotencyKey }]
      : [],
  );

/** Records what commands do, and can undo what the last one did. */
function openRecorder(counters: Loaded['counters']) {
  const { put, push, attempt } = undoable();
  const recorded = {
    accounts: new Map<PatientId, SettledAccount>(),
    changes: [] as RecordedChange[],
    entries: [] as EntryRow[],
    events: [] as SessionEvent[],
    messages: [] as StoredMessage[],
    actions: [] as AdminAction[],
    appointments: new Map<AppointmentId, Appointment>(),
    eventCounts: new Map<SessionId, number>(),
    messageCounts: new Map<SessionId, number>(),
  };

  function logEvent(draft: EventDraft, actor: Actor, recordedAt: Instant): void {
    const { sessionId } = draft;
    const eventNo = (recorded.eventCounts.get(sessionId) ?? counters.get(sessionId)?.eventCount ?? 0) + 1;
    put(recorded.eventCounts, sessionId, eventNo);
    push(recorded.events, { ...draft, eventNo, actor, recordedAt });
  }

  const record: Work['record'] = ({ account, accountNow: now }, changes, actor, adminNote) => {
    let after = account;
    for (const change of changes) {
      const before = after;
      after = apply(before, change);
      const event = eventOf(before, change, after);
      const entry = entryOf(after, change);
      push(recorded.changes, { change, recordedAt: now });
      if (event !== null) logEvent(adminNote === undefined ? event : withNote(event, adminNote), actor, now);
      if (entry !== null)
        push(recorded.entries, { entry, actor, recordedAt: now, ...(adminNote ?? NO_ADMIN_NOTE) });
    }
    const settled = { account: after, accountNow: now };
    put(recorded.accounts, account.patientId, settled);
    return settled;
  };

  const storeMessage: Work['storeMessage'] = (message, actor) => {
    const { sessionId, clientMessageId, sentAt } = message;
    const messageNo =
      (recorded.messageCounts.get(sessionId) ?? counters.get(sessionId)?.messageCount ?? 0) + 1;
    put(recorded.messageCounts, sessionId, messageNo);
    const numbered = { ...message, messageNo };
    push(recorded.messages, numbered);
    const data = { message_no: messageNo, client_message_id: clientMessageId };
    logEvent({ sessionId, type: 'message', effectiveAt: sentAt, data }, actor, sentAt);
    return numbered;
  };

  const storeAppointment: Work['storeAppointment'] = (appointment) =>
    put(recorded.appointments, appointment.id, appointment);

  const recordAction: Work['recordAction'] = (action) => push(recorded.actions, action);

  return { recorded, attempt, record, storeMessage, storeAppointment, recordAction };
}

const NO_ADMIN_NOTE = { note: null, idempotencyKey: null };

const withNote = (event: EventDraft, { note }: AdminNote): EventDraft => ({
  ...event,
  data: { ...event.data, note },
});

/** Changes of maps and lists that are undone when the attempt that made them throws. */
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
