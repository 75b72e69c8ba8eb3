import { type Appointment, type Grant, type Role, roleOf, sessionOf } from '../billing/account.ts';
import type { ExpectedEnd } from '../billing/expected-end.ts';
import { availableUnitsAt, remainingUnitsAt } from '../billing/grant.ts';
import type { AppointmentId, GrantId, PatientId, SessionId, UserId } from '../billing/ids.ts';
import { type Refusal, refuse } from '../billing/refusal.ts';
import type { Instant } from '../billing/time.ts';
import { createAsker, READ_LIMITS } from './batcher.ts';
import { type ConsoleReads, createConsoleReads } from './console-reads.ts';
import type { ConsoleStore } from './console-store.ts';
import { createOwnAppointments, type OwnAppointments } from './own-appointments.ts';
import { partInAppointment, partInSession } from './participation.ts';
import type { Receipt } from './receipt.ts';
import type { LedgerRecord, MessageRange, MessagesFound, Records } from './records.ts';
import { type Loaded, loggedIn, type Store } from './store.ts';
import { lateInstants, type Timeline, timelineEntries, explainableSession } from './timeline.ts';
import { openUnitOfWork, type Work } from './unit-of-work.ts';
import { type SessionView, sessionView } from './view.ts';

/** Everything that can be asked. Nothing here writes: sessions are settled in memory, so an answer is right even if no worker runs. */
export interface Reads extends ConsoleReads {
  /** For a participant, as the receipt and the messages are. */
  readonly status: (appointmentId: AppointmentId, caller: UserId) => Promise<Status | Refusal>;
  /** For followers, whose right is checked elsewhere (`partOf`); null where there is no such appointment. */
  readonly anyStatus: (appointmentId: AppointmentId) => Promise<Status | null>;
  readonly receipt: (appointmentId: AppointmentId, caller: UserId) => Promise<Receipt | Refusal>;
  /** None before the start; also after the end. */
  readonly messages: (page: MessagePage) => Promise<Messages | Refusal>;
  readonly appointments: OwnAppointments;
  /** Null where nothing was ever sent about this patient. */
  readonly balance: (patientId: PatientId) => Promise<Balance | null>;
  /** Empty where nothing was ever sent about them. */
  readonly ownBalance: (caller: UserId) => Promise<Balance>;
  readonly subscription: (id: GrantId) => Promise<Grant | null>;
  readonly timeline: (id: SessionId) => Promise<Timeline | null>;
  /** The entry that a correction made; null where none was made under this key. */
  readonly correction: (admin: UserId, idempotencyKey: string) => Promise<LedgerRecord | null>;
}

export type Status =
  | { readonly kind: 'session'; readonly view: SessionView }
  | {
      readonly kind: 'not_started';
      readonly appointment: Appointment;
      readonly remainingUnits: number;
      readonly availableUnits: number;
      readonly accountNow: Instant;
    };

/** The role in which a user takes part; null where the user does not. */
export const partOf = (status: Status, user: UserId): Role | null =>
  roleOf(status.kind === 'session' ? status.view.session : status.appointment, user);

/** The number of the last event in the log; 0 where nobody has started the session. */
export const eventNoOf = (status: Status): number =>
  status.kind === 'session' ? status.view.logged.eventNo : 0;

/** When and why the session ends by itself, and the instant at which that was asked; null where it is not active. */
export function expectedEndOf(status: Status): (ExpectedEnd & { readonly accountNow: Instant }) | null {
  if (status.kind !== 'session' || status.view.expectedEnd === null) return null;
  return { ...status.view.expectedEnd, accountNow: status.view.accountNow };
}

export interface MessagePage {
  readonly appointmentId: AppointmentId;
  readonly caller: UserId;
  readonly range: MessageRange;
}

export interface Messages extends MessagesFound {
  readonly kind: 'messages';
}

export interface Balance {
  readonly patientId: PatientId;
  readonly grants: readonly Grant[];
  /** Of the grants that are valid now. */
  readonly remainingUnits: number;
  readonly heldUnits: number;
  readonly availableUnits: number;
  readonly accountNow: Instant;
}

export const createReads = (
  store: Pick<Store, 'read'>,
  records: Records,
  consoleStore: ConsoleStore,
): Reads => ({
  ...createStatusReader(store.read),
  ...createConsoleReads(consoleStore),
  receipt: async (appointmentId, caller) => {
    const picture = await records.picture({ appointments: [appointmentId] });
    const { attempt, recorded } = openUnitOfWork(picture.loaded);
    const part = attempt((work) => partInSession(work, appointmentId, caller));
    if (part.kind === 'refused') return part;
    return { kind: 'receipt', ...explainableSession(part.session, part.settled, picture, recorded) };
  },
  messages: async ({ appointmentId, caller, range }) => {
    const { attempt } = openUnitOfWork(await store.read({ appointments: [appointmentId] }));
    const part = attempt((work) => partInAppointment(work, appointmentId, caller));
    if (part.kind === 'refused') return part;
    if (part.session === null) return { kind: 'messages', messages: [], hasMore: false };
    return { kind: 'messages', ...(await records.messages(part.session.id, range)) };
  },
  appointments: createOwnAppointments(store.read, records.appointments),
  balance: async (patientId) => balanceOf(patientId, await readGrants(store, records, patientId)),
  ownBalance: async (caller) => {
    const loaded = await readGrants(store, records, caller);
    return balanceOf(caller, loaded) ?? emptyBalance(caller, loaded.now);
  },
  subscription: async (id) => {
    const loaded = await store.read({ grants: [id] });
    return openUnitOfWork(loaded).attempt((work) => {
      const settled = work.accountOfGrant(id);
      return settled?.account.grants.find((grant) => grant.id === id) ?? null;
    });
  },
  timeline: async (id) => {
    const picture = await consoleStore.picture({ sessions: [id] });
    const { attempt, recorded } = openUnitOfWork(picture.loaded);
    const settled = attempt((work) => work.accountOfSession(id));
    if (settled === null) return null;
    const session = sessionOf(settled.account, id);
    const explainable = explainableSession(session, settled, picture, recorded);
    const workersAway = await consoleStore.workersAway(lateInstants(explainable));
    return { ...explainable, events: picture.events, entries: timelineEntries(picture), workersAway };
  },
  correction: records.correction,
});

const readGrants = async (
  { read }: Pick<Store, 'read'>,
  { grantIds }: Records,
  patientId: PatientId,
): Promise<Loaded> => read({ patients: [patientId], grants: await grantIds(patientId) });

const emptyBalance = (patientId: PatientId, accountNow: Instant): Balance => ({
  patientId,
  grants: [],
  remainingUnits: 0,
  heldUnits: 0,
  availableUnits: 0,
  accountNow,
});

function balanceOf(patientId: PatientId, loaded: Loaded): Balance | null {
  const settled = openUnitOfWork(loaded).attempt((work) => work.account(patientId));
  if (settled === null) return null;
  const { account, accountNow } = settled;
  const remainingUnits = remainingUnitsAt(account.grants, accountNow);
  const availableUnits = availableUnitsAt(account.grants, accountNow);
  const heldUnits = remainingUnits - availableUnits;
  const grants = account.grants.toSorted((a, b) => a.id - b.id);
  return { patientId, grants, remainingUnits, heldUnits, availableUnits, accountNow };
}

/**
 * The status of sessions. Those who ask at the same time share one statement; callers and followers wait in two lines,
 * because thousands of followers may ask at once.
 */
export function createStatusReader(read: Store['read']): Pick<Reads, 'status' | 'anyStatus'> {
  const openLine = () =>
    createAsker<AppointmentId, Status | null>(READ_LIMITS, async (appointments) => {
      const loaded = await read({ appointments });
      const { attempt } = openUnitOfWork(loaded);
      return (appointmentId) => attempt((work) => statusOf(work, loaded, appointmentId));
    });
  const askForCaller = openLine();
  return {
    anyStatus: openLine(),
    status: async (appointmentId, caller) => {
      const status = await askForCaller(appointmentId);
      if (status === null) return refuse('appointment_not_found');
      return partOf(status, caller) === null ? refuse('not_a_participant') : status;
    },
  };
}

function statusOf(work: Work, loaded: Loaded, appointmentId: AppointmentId): Status | null {
  const appointment = work.appointment(appointmentId);
  const settled = appointment === null ? null : work.account(appointment.patientId);
  if (appointment === null || settled === null) return null;
  const session = work.sessionOfAppointment(appointmentId);
  if (session !== null)
    return { kind: 'session', view: sessionView(session, settled, loggedIn(loaded, session.id)) };
  const { account, accountNow } = settled;
  const remainingUnits = remainingUnitsAt(account.grants, accountNow);
  const availableUnits = availableUnitsAt(account.grants, accountNow);
  return { kind: 'not_started', appointment, remainingUnits, availableUnits, accountNow };
}
