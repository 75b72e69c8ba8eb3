import type { WakeFollowers } from '../../src/sessions/wakes.ts';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import {
  appointmentId,
  grantId,
  ledgerEntryId,
  type SessionId,
  sessionId,
  userId,
} from '../../src/billing/ids.ts';
import type { AppointmentStatus } from '../../src/billing/account.ts';
import type { Policy, StartWindow } from '../../src/billing/policy.ts';
import type { TermsChange } from '../../src/billing/terms.ts';
import { instant } from '../../src/billing/time.ts';
import { createFastPath } from '../../src/sessions/fast-path.ts';
import type { Alarm } from '../../src/sessions/alarms.ts';
import { createExecutor, type Observer } from '../../src/sessions/executor.ts';
import type { BatcherLimits } from '../../src/sessions/batcher.ts';
import { createPreview } from '../../src/sessions/preview.ts';
import { createReads } from '../../src/sessions/reads.ts';
import { settleOverdue } from '../../src/sessions/sweep.ts';
import type { OverdueSession, Store } from '../../src/sessions/store.ts';
import { createHandlers } from '../../src/sessions/commands/handlers.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { createDatabase } from '../../tools/kit/database.ts';
import { storedIn } from './stored.ts';

export const MINUTE = 60_000;
export const PATIENT = 101;
export const DOCTOR = 201;
export const ADMIN = 1;
/** The appointed time, and where the tests' clock begins. */
export const NINE = Date.UTC(2026, 10, 22, 9);

export const SEED_POLICY: Policy = {
  intervalMs: 10 * MINUTE,
  firstActivityMs: 10 * MINUTE,
  noActivityUnits: 1,
  endGraceMs: 0,
  idleMs: null,
  doctorResponseMs: null,
  maxDurationMs: null,
};

/** What one process of the product has. Two of them on one database are two processes, as far as the engine can tell. */
export function openProcess(
  url: string,
  settings: {
    readonly policy?: Partial<Policy>;
    readonly window?: StartWindow;
    readonly limits?: BatcherLimits;
    readonly store?: (store: Store) => Store;
    readonly observer?: Partial<Observer>;
    readonly wake?: WakeFollowers;
  } = {},
) {
  const database: Database = openDatabase({ url, maxConnections: 6, applicationName: 'test' });
  const store = settings.store?.(database.store) ?? database.store;
  const alarmsSet: Alarm[] = [];
  const brokenBatches: unknown[] = [];
  const observer: Observer = {
    committed: () => {},
    touched: () => {},
    batchBroken: ({ error }) => brokenBatches.push(error),
    touchFailed: () => {},
    alarmsNotSet: () => {},
    ...settings.observer,
  };
  const handlers = createHandlers({
    policy: { ...SEED_POLICY, ...settings.policy },
    window: settings.window ?? { earlyStartMs: 0, startWindowMs: null },
  });
  const executor = createExecutor({
    transact: store.transact,
    alarms: {
      arm: (alarms) => Promise.resolve(void alarmsSet.push(...alarms)),
    },
    handlers,
    observer,
    ...(settings.wake === undefined ? {} : { wake: settings.wake }),
    // As if everything took no time: what is set is what the rules say.
    steadyMs: () => 0,
    ...(settings.limits === undefined ? {} : { limits: settings.limits }),
  });
  const { execute } = executor;
  const fastPath = createFastPath({
    touch: store.touch,
    execute,
    observer,
    ...(settings.wake === undefined ? {} : { wake: settings.wake }),
  });
  const reads = createReads(store, database.records, database.console);
  const admin = userId(ADMIN);
  return {
    database,
    reads,
    execute,
    preview: createPreview(store.read, handlers),
    recordActivity: fastPath.recordActivity,
    alarmsSet,
    brokenBatches,
    start: (appointment: number, caller: number) =>
      execute('start', { appointmentId: appointmentId(appointment), caller: userId(caller) }),
    write: (appointment: number, caller: number) =>
      fastPath.recordActivity({ appointmentId: appointmentId(appointment), caller: userId(caller) }),
    send: (appointment: number, caller: number, text: string, clientMessageId: string = randomUUID()) =>
      execute('sendMessage', {
        appointmentId: appointmentId(appointment),
        caller: userId(caller),
        clientMessageId,
        text,
      }),
    end: (appointment: number, caller: number) =>
      execute('end', { appointmentId: appointmentId(appointment), caller: userId(caller) }),
    endByAdmin: (session: SessionId, charge: boolean) =>
      execute('endByAdmin', { sessionId: session, admin, note: 'the patient called', charge }),
    settle: (session: SessionId) => execute('settle', { sessionId: session }),
    sweep: () =>
      settleOverdue(
        { graceMs: 0, limit: 100, after: null },
        {
          overdue: store.overdue,
          execute,
          onFailure: (_id, error) => {
            throw error;
          },
        },
      ),
    /** A page of the sweep whose failures are told, not thrown. */
    sweepPage: (limit: number, after: OverdueSession | null) =>
      settleOverdue({ graceMs: -1, limit, after }, { overdue: store.overdue, execute, onFailure: () => {} }),
    status: (appointment: number, caller: number) => reads.status(appointmentId(appointment), userId(caller)),
    receipt: (appointment: number, caller: number) =>
      reads.receipt(appointmentId(appointment), userId(caller)),
    refund: (entry: number, idempotencyKey: string = randomUUID()) =>
      execute('refund', { entryId: ledgerEntryId(entry), admin, note: 'as agreed', idempotencyKey }),
    takeBack: (entry: number, idempotencyKey: string = randomUUID()) =>
      execute('takeBack', { entryId: ledgerEntryId(entry), admin, note: 'after all', idempotencyKey }),
    adjust: (grant: number, units: number, idempotencyKey: string = randomUUID()) =>
      execute('adjust', { grantId: grantId(grant), units, admin, note: 'as agreed', idempotencyKey }),
    grant: (
      id: number,
      units: number,
      terms: { patient?: number; startsAt?: number; expiresAt?: number; version?: number } = {},
    ) =>
      execute('putSubscription', {
        grantId: grantId(id),
        patientId: userId(terms.patient ?? PATIENT),
        units,
        startsAt: terms.startsAt === undefined ? null : instant(terms.startsAt),
        expiresAt: terms.expiresAt === undefined ? null : instant(terms.expiresAt),
        version: terms.version ?? null,
        admin,
      }),
    book: (
      id: number,
      booking: {
        patient?: number;
        doctor?: number;
        status?: AppointmentStatus;
        scheduledAt?: number;
        type?: 'text' | 'audio';
        terms?: TermsChange;
      } = {},
    ) =>
      execute('putAppointment', {
        appointment: {
          id: appointmentId(id),
          patientId: userId(booking.patient ?? PATIENT),
          doctorId: userId(booking.doctor ?? DOCTOR),
          type: booking.type ?? 'text',
          status: booking.status ?? 'confirmed',
          scheduledAt: instant(booking.scheduledAt ?? NINE),
          timeZone: null,
        },
        ...(booking.terms === undefined ? {} : { terms: booking.terms }),
        admin,
      }),
    close: async () => {
      await fastPath.idle();
      await executor.idle();
      await database.close();
    },
  };
}

export type Process = ReturnType<typeof openProcess>;

/** A clinic of its own: a database whose clock the test moves by hand, and as many processes as it likes. */
export async function openClinic(settings: Parameters<typeof openProcess>[1] = {}) {
  const database = await createDatabase();
  const sql = new Client({ connectionString: database.url });
  // Where a test ends the server, the next query says so.
  sql.on('error', () => {});
  await sql.connect();
  await sql.query('CREATE TABLE test_clock (now timestamptz NOT NULL)');
  await sql.query('INSERT INTO test_clock VALUES ($1)', [new Date(NINE)]);
  await sql.query(`CREATE OR REPLACE FUNCTION session_clock() RETURNS timestamptz
    LANGUAGE sql VOLATILE AS 'SELECT now FROM test_clock'`);
  const processes: Process[] = [];
  const connections: Client[] = [];
  const open = (own: Parameters<typeof openProcess>[1] = settings): Process => {
    const process = openProcess(database.url, own);
    processes.push(process);
    return process;
  };
  const first = open();
  return {
    ...first,
    url: database.url,
    sql,
    open,
    /** A connection of its own, for what has to happen at the same time. */
    openSql: async () => {
      const own = new Client({ connectionString: database.url });
      own.on('error', () => {});
      await own.connect();
      connections.push(own);
      return { sql: own };
    },
    untilSomebodyWaitsForALock: async () => {
      for (;;) {
        const { rows } = await sql.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        if (rows.length > 0) return;
      }
    },
    /** Sets the clock, in minutes after nine. */
    at: (minutes: number) =>
      sql.query('UPDATE test_clock SET now = $1', [new Date(NINE + Math.round(minutes * MINUTE))]),
    ...storedIn(sql, NINE),
    close: async () => {
      await Promise.all(processes.map((process) => process.close()));
      await Promise.all([sql, ...connections].map((connection) => connection.end()));
      await database.drop();
    },
  };
}

export type Clinic = Awaited<ReturnType<typeof openClinic>>;

/** Starts the appointment's session and answers with its id. */
export async function started(
  process: Pick<Process, 'start'>,
  appointment: number,
  caller = PATIENT,
): Promise<SessionId> {
  const outcome = await process.start(appointment, caller);
  if (outcome.kind === 'refused') throw new Error(`the start was refused: ${outcome.code}`);
  return sessionId(outcome.session.session.id);
}

/** A refusal's code, or the kind of any other outcome. */
export const said = (outcome: { readonly kind: string; readonly code?: string }): string =>
  outcome.code ?? outcome.kind;
