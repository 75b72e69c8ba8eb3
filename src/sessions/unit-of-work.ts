import { type Account, type Appointment, type Session, system } from '../billing/account.ts';
import type { RefundableEntry } from '../billing/corrections.ts';
import type { AppointmentId, GrantId, LedgerEntryId, PatientId, SessionId, UserId } from '../billing/ids.ts';
import { presentOf } from '../billing/account-now.ts';
import { settle } from '../billing/settle.ts';
import type { StoredMessage, Loaded, RecordedCorrection } from './store.ts';
import { type Journal, openJournal, type SettledAccount, type Work } from './journal.ts';

/**
 * The desk at which a batch of commands is decided. It shows what was loaded, every account settled before
 * anybody sees it, and what the commands before did; verbs record on it. Nothing here does I/O.
 */
export interface Workspace extends Pick<Journal, 'record' | 'storeMessage' | 'storeAppointment'> {
  /** What this batch has changed so far. It grows. */
  readonly changes: Work['changes'];
  /** The patient's account; null where there is none. @throws where settling it fails: a bug, and no neighbour's matter. */
  readonly account: (patientId: PatientId) => SettledAccount | null;
  /** The account that the session, or the grant, is in; null where there is no such. */
  readonly accountOfSession: (id: SessionId) => SettledAccount | null;
  readonly accountOfGrant: (id: GrantId) => SettledAccount | null;
  readonly appointment: (id: AppointmentId) => Appointment | null;
  /** The appointment's session, settled. */
  readonly sessionOfAppointment: (id: AppointmentId) => Session | null;
  /** The entry as it is once its account is settled. */
  readonly entry: (id: LedgerEntryId) => RefundableEntry | null;
  /** What was recorded before under this key. */
  readonly correction: (admin: UserId, idempotencyKey: string) => RecordedCorrection | null;
  readonly message: (sessionId: SessionId, clientMessageId: string) => StoredMessage | null;
  readonly newSessionId: () => SessionId;
}

export interface Desk {
  /** Runs one command. Where it throws, all that it recorded is taken back and its neighbours' work stands. */
  readonly attempt: <T>(command: (workspace: Workspace) => T) => T;
  readonly work: Work;
}

export function openDesk(loaded: Loaded): Desk {
  const journal = openJournal(loaded.counters);
  const { work, record, storeMessage, storeAppointment } = journal;
  const accounts = new Map(loaded.accounts.map((account) => [account.patientId, account]));
  const appointments = new Map(loaded.appointments.map((appointment) => [appointment.id, appointment]));
  const homeOfSession = homes(loaded.accounts, ({ sessions }) => sessions);
  const homeOfGrant = homes(loaded.accounts, ({ grants }) => grants);
  const newSessionIds = [...loaded.newSessionIds];

  const account: Workspace['account'] = (patientId) => {
    const settled = work.accounts.get(patientId);
    if (settled !== undefined) return settled;
    const found = accounts.get(patientId);
    if (found === undefined) return null;
    const now = presentOf(found, loaded.now);
    return record({ account: found, now }, settle(found, now).changes, system);
  };
  /** The account that has it: as loaded, for nothing ever changes hands, or since a command before made it. */
  function accountWith(
    home: PatientId | undefined,
    has: (account: Account) => boolean,
  ): SettledAccount | null {
    if (home !== undefined) return account(home);
    for (const settled of work.accounts.values()) if (has(settled.account)) return settled;
    return null;
  }
  const accountOfGrant: Workspace['accountOfGrant'] = (id) =>
    accountWith(homeOfGrant.get(id), ({ grants }) => grants.some((grant) => grant.id === id));
  const appointment: Workspace['appointment'] = (id) =>
    work.appointments.get(id) ?? appointments.get(id) ?? null;

  const workspace: Workspace = {
    changes: work.changes,
    record,
    storeMessage,
    storeAppointment,
    account,
    appointment,
    accountOfGrant,
    accountOfSession: (id) =>
      accountWith(homeOfSession.get(id), ({ sessions }) => sessions.some((session) => session.id === id)),
    sessionOfAppointment: (id) => {
      const patientId = appointment(id)?.patientId;
      const settled = patientId === undefined ? null : account(patientId);
      return settled?.account.sessions.find((session) => session.appointmentId === id) ?? null;
    },
    entry: (id) => {
      const entry = loaded.entries.get(id);
      if (entry === undefined) return null;
      // Settling the account may give this very charge back (R9), so that comes first.
      accountOfGrant(entry.grantId);
      return { ...entry, isRefunded: entry.isRefunded || isRefundedBy(work, entry) };
    },
    correction: (admin, key) =>
      [...loaded.corrections, ...correctionsOf(work)].find(
        (made) => made.admin === admin && made.idempotencyKey === key,
      ) ?? null,
    message: (sessionId, clientMessageId) =>
      [...loaded.messages, ...work.messages].find(
        (message) => message.sessionId === sessionId && message.clientMessageId === clientMessageId,
      ) ?? null,
    newSessionId: () => {
      const id = newSessionIds.pop();
      if (id === undefined) throw new Error('more sessions were started than ids were asked for');
      return id;
    },
  };
  return { work, attempt: (command) => journal.attempt(() => command(workspace)) };
}

/** Whose it is, of everything of one kind. */
const homes = <Id>(
  accounts: readonly Account[],
  ownedBy: (account: Account) => readonly { readonly id: Id }[],
): ReadonlyMap<Id, PatientId> =>
  new Map(
    accounts.flatMap((account) => ownedBy(account).map(({ id }): [Id, PatientId] => [id, account.patientId])),
  );

/** Whether this batch gave the charge back already, by R9 or by a command before. */
const isRefundedBy = (work: Work, { sessionId, intervalNo }: RefundableEntry): boolean =>
  work.entries.some(
    ({ entry }) =>
      entry.kind === 'refund' && entry.sessionId === sessionId && entry.intervalNo === intervalNo,
  );

/** What this batch recorded under a key. */
const correctionsOf = (work: Work): readonly RecordedCorrection[] =>
  work.entries.flatMap(({ entry, actor, note, idempotencyKey }) =>
    actor.role === 'admin' && idempotencyKey !== null
      ? [{ ...entry, admin: actor.id, note, idempotencyKey }]
      : [],
  );
