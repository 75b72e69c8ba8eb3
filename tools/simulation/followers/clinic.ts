/**
 * A clinic of one appointment whose followers are watched: the real executor, hub and status reader over the database
 * of the tests. Whatever takes time (a commit, a read, an answer) waits until it is let go.
 */
import { appointmentId, grantId, userId } from '../../../src/billing/ids.ts';
import { instant } from '../../../src/billing/time.ts';
import { statusJson } from '../../../src/http/answers/session.ts';
import type { LiveSource } from '../../../src/http/live/follows.ts';
import { createHub } from '../../../src/live/hub.ts';
import { createHandlers } from '../../../src/sessions/commands/handlers.ts';
import { createExecutor, type Executor } from '../../../src/sessions/executor.ts';
import type { LoggedEvent, Mark } from '../../../src/sessions/feed.ts';
import { createStatusReader } from '../../../src/sessions/reads.ts';
import type { Store } from '../../../src/sessions/store.ts';
import type { Wakes } from '../../../src/sessions/wakes.ts';
import { createMemoryDatabase, type MemoryDatabase } from '../../kit/memory-database/database.ts';

export const APPOINTMENT = appointmentId(1);
export const PATIENT = userId(7);
export const DOCTOR = userId(70);
const ADMIN = userId(700);
const GRANT = grantId(1);
const BEGINS_AT_MS = 1_800_000_000_000;
const INTERVAL_MS = 600_000;

/** What may happen. `settle`: a block later. */
export const COMMANDS = ['start', 'write', 'topUp', 'settle', 'end', 'endByAdmin', 'refund'] as const;
export type ClinicCommand = (typeof COMMANDS)[number];

/** Resolves when it is let go. */
export type Pause = (what: string) => Promise<void>;

export interface FollowedClinic {
  readonly source: LiveSource;
  readonly wake: (wakes: Wakes) => void;
  readonly compareNow: () => void;
  /** The log as it is stored. */
  readonly events: () => readonly LoggedEvent[];
  /** What a status answers now. */
  readonly status: () => Promise<Readonly<Record<string, unknown>> | null>;
  readonly carryOut: (command: ClinicCommand) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** `hearWakes` is given what the executor gives to the bus. The appointment is booked and has two units. */
export async function openFollowedClinic(
  pause: Pause,
  hearWakes: (wakes: Wakes) => void,
): Promise<FollowedClinic> {
  const clock = { nowMs: BEGINS_AT_MS };
  const database = createMemoryDatabase();
  const load: Store['read'] = (needs) => Promise.resolve(database.load(needs, instant(clock.nowMs)));
  await book(
    openExecutor(
      database,
      clock,
      () => Promise.resolve(),
      () => {},
    ),
  );
  const execute = openExecutor(database, clock, pause, hearWakes);

  /** Read at some instant after it is asked, and answered at some instant after that. */
  async function read<T>(what: string, ask: () => T | Promise<T>): Promise<T> {
    await pause(`${what} is read`);
    const found = await ask();
    await pause(`${what} is answered`);
    return found;
  }
  const events = (): readonly LoggedEvent[] => logOf(database);
  const hub = createHub({
    marks: () => read('the mark', () => new Map([[APPOINTMENT, markOf(database)]])),
    onError: () => {},
    // By `compareNow` alone.
    compareEveryMs: 2 ** 31 - 1,
  });
  return {
    source: {
      hub,
      log: {
        after: (_appointment, after, limit) =>
          read('the log', () => ({
            head: events().length,
            events: events().slice(after, after + limit),
          })),
      },
      status: createStatusReader((needs) => read('the status', () => load(needs))).anyStatus,
    },
    wake: hub.wake,
    compareNow: hub.compareNow,
    events,
    status: async () => {
      const status = await createStatusReader(load).anyStatus(APPOINTMENT);
      return status === null ? null : statusJson(status);
    },
    carryOut: peopleOf(execute, database, clock),
    close: hub.close,
  };
}

function openExecutor(
  database: MemoryDatabase,
  clock: { readonly nowMs: number },
  pause: Pause,
  wake: (wakes: Wakes) => void,
): Executor['execute'] {
  /** Under the account's lock. */
  let unlocked: Promise<unknown> = Promise.resolve();
  const { execute } = createExecutor({
    transact: async (needs, fold) => {
      const committed = unlocked.then(async () => {
        database.makeAccounts(needs);
        const { writes, result } = fold(database.load(needs, instant(clock.nowMs)));
        await pause('a transaction commits');
        database.write(writes);
        return result;
      });
      unlocked = committed;
      const result = await committed;
      await pause('a commit is answered');
      return result;
    },
    alarms: { arm: () => Promise.resolve() },
    wake,
    handlers: createHandlers({
      policy: {
        intervalMs: INTERVAL_MS,
        firstActivityMs: INTERVAL_MS,
        noActivityUnits: 1,
        endGraceMs: 0,
        idleMs: null,
        doctorResponseMs: null,
        maxDurationMs: null,
      },
      window: { earlyStartMs: 0, startWindowMs: null },
    }),
    observer: {
      committed: () => {},
      touched: () => {},
      batchBroken: () => {},
      touchFailed: () => {},
      alarmsNotSet: () => {},
    },
    steadyMs: () => clock.nowMs,
  });
  return execute;
}

async function book(execute: Executor['execute']): Promise<void> {
  await execute('putAppointment', {
    appointment: {
      id: APPOINTMENT,
      patientId: PATIENT,
      doctorId: DOCTOR,
      type: 'text',
      status: 'confirmed',
      scheduledAt: instant(BEGINS_AT_MS),
      timeZone: null,
    },
    admin: ADMIN,
  });
  await sell(execute, 2);
}

const sell = (execute: Executor['execute'], units: number): Promise<unknown> =>
  execute('putSubscription', {
    grantId: GRANT,
    patientId: PATIENT,
    units,
    startsAt: instant(BEGINS_AT_MS - 1),
    expiresAt: null,
    version: null,
    admin: ADMIN,
  });

function peopleOf(
  execute: Executor['execute'],
  database: MemoryDatabase,
  clock: { nowMs: number },
): FollowedClinic['carryOut'] {
  let units = 2;
  let messages = 0;
  const asked = { appointmentId: APPOINTMENT, caller: PATIENT };
  const sessionId = () => [...database.tables().sessions.keys()][0];
  const lastCharge = () => database.tables().entries.findLast(({ entry }) => entry.kind === 'charge')?.id;
  return async (command) => {
    const id = sessionId();
    switch (command) {
      case 'start':
        return execute('start', asked);
      case 'write':
        messages += 1;
        return execute('sendMessage', { ...asked, clientMessageId: `message ${messages}`, text: 'hello' });
      case 'topUp':
        units += 1;
        return sell(execute, units);
      case 'end':
        return execute('end', asked);
      case 'settle':
        clock.nowMs += INTERVAL_MS;
        return id === undefined ? null : execute('settle', { sessionId: id });
      case 'refund': {
        const entryId = lastCharge();
        if (entryId === undefined) return null;
        return execute('refund', {
          entryId,
          admin: ADMIN,
          note: 'as agreed',
          idempotencyKey: `of ${entryId}`,
        });
      }
      case 'endByAdmin':
        return id === undefined
          ? null
          : execute('endByAdmin', { sessionId: id, admin: ADMIN, note: 'asked for', charge: false });
    }
  };
}

const logOf = (database: MemoryDatabase): LoggedEvent[] =>
  database
    .tables()
    .events.toSorted((a, b) => a.eventNo - b.eventNo)
    .map((event): LoggedEvent => Object.assign({ message: null, unitsUsed: null }, event));

const markOf = (database: MemoryDatabase): Mark => ({
  eventNo: database.tables().events.length,
  account: [...database.tables().grants.values()].map(({ remaining, held }) => `${remaining}:${held}`).join(),
});
