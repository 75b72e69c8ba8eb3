/**
 * The engine with the database of the tests under it and a clock that is set by hand: the real executor, handlers and
 * fold. What it tells its alarms and its observer is kept, in order.
 */
import type { Account } from '../../src/billing/account.ts';
import { appointmentId, grantId, type PatientId } from '../../src/billing/ids.ts';
import type { Policy, StartWindow } from '../../src/billing/policy.ts';
import type { Instant } from '../../src/billing/time.ts';
import type { Alarm, Alarms } from '../../src/sessions/alarms.ts';
import { createExecutor, type Executor, type Observer } from '../../src/sessions/executor.ts';
import type { CommandHandlers, Commands } from '../../src/sessions/commands.ts';
import type { BatcherLimits } from '../../src/sessions/batcher.ts';
import type { Store } from '../../src/sessions/store.ts';
import { createHandlers } from '../../src/sessions/commands/handlers.ts';
import { ADMIN, anAppointment, CLINIC, DOCTOR, PATIENT, t } from '../billing/specimens.ts';
import { createMemoryStore, type MemoryStore } from '../../tools/kit/memory-store.ts';

export interface Engine {
  readonly executor: Executor;
  readonly store: MemoryStore;
  /** `arm 1 in 600000 ms`: every alarm that was set. */
  readonly alarmsSet: string[];
  /** `committed 2`: what the observer was told. */
  readonly seen: string[];
  readonly setClock: (now: Instant) => void;
}

export interface EngineOptions {
  readonly policy?: Partial<Policy>;
  readonly window?: Partial<StartWindow>;
  /** Puts something between the executor and the store. */
  readonly transact?: (transact: Store['transact']) => Store['transact'];
  readonly handlers?: (handlers: CommandHandlers) => CommandHandlers;
  readonly alarms?: Partial<Alarms>;
  readonly limits?: BatcherLimits;
}

export function openEngine(options: EngineOptions = {}): Engine {
  let now = t('0:00');
  const alarmsSet: string[] = [];
  const seen: string[] = [];
  const store = createMemoryStore(() => now);
  const policy = { ...CLINIC, ...options.policy };
  const window = { earlyStartMs: 0, startWindowMs: null, ...options.window };
  const handlers = createHandlers({ policy, window });
  const executor = createExecutor({
    transact: options.transact?.(store.transact) ?? store.transact,
    alarms: { ...alarmsIn(alarmsSet, () => now), ...options.alarms },
    handlers: options.handlers?.(handlers) ?? handlers,
    observer: observerIn(seen),
    steadyMs: () => now,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  const setClock = (instant: Instant): void => {
    now = instant;
  };
  return { executor, store, alarmsSet, seen, setClock };
}

/** Text appointment `id` of the patient with the doctor, confirmed for `t('0:00')`, and grant 1 with some units. */
export async function book(
  { executor }: Pick<Engine, 'executor'>,
  units = 5,
  appointments = [1],
): Promise<void> {
  await Promise.all(
    appointments.map((id) =>
      executor.execute('putAppointment', { appointment: anAppointment({ id }), admin: ADMIN }),
    ),
  );
  await executor.execute('putSubscription', subscription(units));
}

/** Grant 1 of the patient, valid from an hour before `t('0:00')` on. */
export const subscription = (
  units: number,
  terms: Partial<Commands['putSubscription']> = {},
): Commands['putSubscription'] => ({
  grantId: grantId(1),
  patientId: PATIENT,
  units,
  startsAt: t('-60:00'),
  expiresAt: null,
  version: null,
  admin: ADMIN,
  ...terms,
});

export const correction = (idempotencyKey: string, note = 'a mistake') => ({
  admin: ADMIN,
  note,
  idempotencyKey,
});

/** Session 1 has run since `t('0:00')`, and the doctor wrote at once. */
export async function running(policy: Partial<Policy> = {}, units = 5): Promise<Engine> {
  const engine = openEngine({ policy });
  await book(engine, units);
  await engine.executor.execute('start', of(1));
  await engine.executor.execute('recordActivity', of(1, DOCTOR));
  return engine;
}

/** Adds `commit` to what has happened, after each. */
export const notingCommits =
  (happened: string[]): NonNullable<EngineOptions['transact']> =>
  (transact) =>
  async (needs, fold) => {
    const result = await transact(needs, fold);
    await Promise.resolve();
    happened.push('commit');
    return result;
  };

export const of = (appointment: number, caller = PATIENT) => ({
  appointmentId: appointmentId(appointment),
  caller,
});

export function observerIn(seen: string[]): Observer {
  return {
    committed: ({ size }) => seen.push(`committed ${size}`),
    touched: ({ size }) => seen.push(`touched ${size}`),
    batchBroken: ({ size, error }) => seen.push(`broken ${size}: ${String(error)}`),
    touchFailed: (error) => seen.push(`touch failed: ${String(error)}`),
    alarmsNotSet: (error) => seen.push(`alarms not set: ${String(error)}`),
  };
}

const alarmsIn = (alarmsSet: string[], now: () => Instant): Alarms => ({
  arm: (alarms: readonly Alarm[]) => {
    for (const { sessionId, at } of alarms) alarmsSet.push(`arm ${sessionId} in ${at - now()} ms`);
    return Promise.resolve();
  },
});

/** The patient's account as it is stored. */
export function accountIn(store: MemoryStore, patientId: PatientId = PATIENT): Account {
  const { grants, sessions } = store.tables();
  const isOwn = (row: { readonly patientId: PatientId }) => row.patientId === patientId;
  return {
    patientId,
    grants: [...grants.values()].filter(isOwn),
    sessions: [...sessions.values()].map(({ session }) => session).filter(isOwn),
  };
}

/** The patient's grants: `4, 1 held`. */
export const balancesIn = ({ store }: Pick<Engine, 'store'>): readonly string[] =>
  accountIn(store).grants.map(({ remaining, held }) => `${remaining}, ${held} held`);

/** The whole ledger: `charge interval -1`. */
export const entriesIn = ({ store }: Pick<Engine, 'store'>): readonly string[] =>
  store.tables().entries.map(({ entry }) => `${entry.kind} ${entry.reason} ${entry.units}`);
