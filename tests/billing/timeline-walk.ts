/**
 * Walks a random timeline with the real engine: command handlers, fold, executor and fast path over the database of the
 * tests. A second of the timeline is 1,000 ms here. What comes out is put in the words of the naive model, so that
 * the two can be compared as they are.
 */
import { appointmentId, grantId, type LedgerEntryId, sessionId, userId } from '../../src/billing/ids.ts';
import type { Policy } from '../../src/billing/policy.ts';
import { after, type Instant } from '../../src/billing/time.ts';
import { type FastPath, createFastPath } from '../../src/sessions/fast-path.ts';
import type { Commands, CommandHandlers } from '../../src/sessions/commands.ts';
import type { Activity } from '../../src/sessions/store.ts';
import { createStartHandler } from '../../src/sessions/commands/start.ts';
import type {
  Action,
  ModelResult,
  Outcome,
  Policy as ModelPolicy,
} from '../../src/audit/reference-model/naive-types.ts';
import { accountOf } from '../audit/reference-model/timelines.ts';
import { type Engine, observerIn, openEngine } from '../sessions/engine.ts';
import type { Tables } from '../../tools/kit/memory-database/tables.ts';
import { ADMIN, anAppointment, t } from './specimens.ts';
import { figuresOf, ledgerOf, outcomeOf } from './timeline-words.ts';

export interface Walk {
  readonly engine: Engine;
  /** Sets the clock. Nothing happens by itself. */
  readonly goTo: (second: number) => void;
  /** Carries out one action now. */
  readonly act: (action: Action) => Promise<Outcome>;
  /** Whether the action can be sent now: what an admin corrects or the clinic changes, they have to see first. */
  readonly isReady: (action: Action) => boolean;
  /** What an alarm says: look at this session again. Answers with the delay until the next look, null = over. */
  readonly ring: (session: number) => Promise<number | null>;
  readonly figures: () => Pick<ModelResult, 'ledger' | 'sessions' | 'grants'>;
}

const WINDOW = { earlyStartMs: 0, startWindowMs: null };

type ActionOf<Kind extends Action['kind']> = Extract<Action, { kind: Kind }>;

/**
 * Opens the walk with every appointment booked, and none of them started. `hasFastPath`: activities may take the fast
 * path. It has batches of its own, so only where nothing else is under way is the order of commands theirs to keep.
 */
export async function openWalk(actions: readonly Action[], hasFastPath: boolean): Promise<Walk> {
  const policies = new Map<Commands['start'], Policy>();
  const engine = openEngine({ handlers: (handlers) => ({ ...handlers, start: startUnder(policies) }) });
  const { executor, store, setClock } = engine;
  const { execute } = executor;
  const fastPath = createFastPath({ touch: store.touch, execute, observer: observerIn([]) });
  const short = hasFastPath
    ? fastPath.recordActivity
    : (activity: Activity) => execute('recordActivity', activity);
  await Promise.all(sessionsOf(actions).map((id) => book(engine, id)));
  let writesSent = 0;
  let corrections = 0;
  const adminNote = () => {
    corrections += 1;
    return { admin: ADMIN, note: 'n', idempotencyKey: `correction ${corrections}` };
  };

  const entryOf = (
    kind: 'charge' | 'refund',
    action: ActionOf<'refund'> | ActionOf<'take_back'>,
  ): LedgerEntryId | null =>
    store
      .tables()
      .entries.find(
        ({ entry }) =>
          entry.kind === kind &&
          entry.sessionId === action.sessionId &&
          entry.intervalNo === action.intervalNo,
      )?.id ?? null;
  const ring = async (session: number): Promise<number | null> => {
    const next = await executor.execute('settle', { sessionId: sessionId(session) });
    return next.kind === 'active' ? next.delayMs : null;
  };

  return {
    engine,
    goTo: (second) => setClock(secondOf(second)),
    ring,
    isReady: (action) => {
      if (action.kind === 'refund') return entryOf('charge', action) !== null;
      if (action.kind === 'take_back') return entryOf('refund', action) !== null;
      return action.kind !== 'set_validity' || revalidationOf(action, store.tables()) !== null;
    },
    act: async (action) => {
      switch (action.kind) {
        case 'grant':
          return outcomeOf(await executor.execute('putSubscription', subscriptionOf(action)));
        case 'adjust':
          return outcomeOf(await executor.execute('adjust', { ...adjustmentOf(action), ...adminNote() }));
        case 'set_validity': {
          const command = revalidationOf(action, store.tables());
          return command === null
            ? 'grant_not_found'
            : outcomeOf(await executor.execute('putSubscription', command));
        }
        case 'start': {
          const command = {
            appointmentId: appointmentId(action.sessionId),
            caller: patientOf(action.sessionId),
          };
          policies.set(command, policyOf(action.policy));
          return outcomeOf(await executor.execute('start', command));
        }
        case 'write':
          writesSent += 1;
          return outcomeOf(await write(engine, short, action, writesSent));
        case 'end':
          return outcomeOf(await executor.execute('end', memberOf(action.sessionId, action.by)));
        case 'admin_end': {
          const { charge } = action;
          const command = { sessionId: sessionId(action.sessionId), admin: ADMIN, note: 'n', charge };
          return outcomeOf(await executor.execute('endByAdmin', command));
        }
        case 'refund': {
          if (entryOf('charge', action) === null) await ring(action.sessionId);
          const entryId = entryOf('charge', action);
          if (entryId === null) return 'charge_not_found';
          return outcomeOf(await executor.execute('refund', { entryId, ...adminNote() }));
        }
        case 'take_back': {
          if (entryOf('refund', action) === null) await ring(action.sessionId);
          const entryId = entryOf('refund', action);
          if (entryId === null) return 'refund_not_found';
          return outcomeOf(await executor.execute('takeBack', { entryId, ...adminNote() }));
        }
      }
    },
    figures: () => ({ ledger: ledgerOf(store.tables()), ...figuresOf(store.tables()) }),
  };
}

export const secondOf = (second: number): Instant => after(t('0:00'), second * 1000);

/** A start under the policy of its action, with the session id that the timeline gives: R11 goes by it. */
function startUnder(policies: ReadonlyMap<Commands['start'], Policy>): CommandHandlers['start'] {
  return {
    needs: ({ appointmentId: id }) => ({ appointments: [id], newSessions: 1 }),
    decide: (command, work) => {
      const policy = policies.get(command);
      if (policy === undefined) throw new Error('a start without a policy');
      const newSessionId = () => sessionId(command.appointmentId);
      return createStartHandler({ policy, window: WINDOW }).decide(command, { ...work, newSessionId });
    },
  };
}

const sessionsOf = (actions: readonly Action[]): readonly number[] => [
  ...new Set(actions.flatMap((action) => ('sessionId' in action ? [action.sessionId] : []))),
];

const patientOf = (session: number) => userId(accountOf(session));
const doctorOf = (session: number) => userId(100 + session);

const memberOf = (session: number, role: 'patient' | 'doctor') => ({
  appointmentId: appointmentId(session),
  caller: role === 'patient' ? patientOf(session) : doctorOf(session),
});

const book = ({ executor }: Engine, id: number) =>
  executor.execute('putAppointment', {
    appointment: { ...anAppointment({ id }), patientId: patientOf(id), doctorId: doctorOf(id) },
    admin: ADMIN,
  });

/** In turn: the fast path for activities, the executor, and a message. To the rules they are all the same. */
function write(
  { executor }: Engine,
  short: FastPath['recordActivity'],
  action: ActionOf<'write'>,
  nth: number,
) {
  const sender = memberOf(action.sessionId, action.role);
  switch (nth % 3) {
    case 0:
      return executor.execute('recordActivity', sender);
    case 1:
      return executor.execute('sendMessage', { ...sender, clientMessageId: `message ${nth}`, text: 'Hello' });
    default:
      return short(sender);
  }
}

const subscriptionOf = (action: ActionOf<'grant'>): Commands['putSubscription'] => ({
  grantId: grantId(action.grantId),
  patientId: userId(action.patientId),
  units: action.units,
  startsAt: secondOf(action.startsAt),
  expiresAt: action.expiresAt === null ? null : secondOf(action.expiresAt),
  version: null,
  admin: ADMIN,
});

/** The same subscription at other times; null where there is none yet: put, it would be made. */
function revalidationOf(
  action: ActionOf<'set_validity'>,
  tables: Tables,
): Commands['putSubscription'] | null {
  const grant = tables.grants.get(grantId(action.grantId));
  if (grant === undefined) return null;
  const { patientId, unitsSubscribed: units } = grant;
  return subscriptionOf({ ...action, kind: 'grant', patientId, units });
}

const adjustmentOf = ({ grantId: id, units }: ActionOf<'adjust'>) => ({ grantId: grantId(id), units });

const policyOf = (policy: ModelPolicy): Policy => ({
  intervalMs: policy.intervalSeconds * 1000,
  firstActivityMs: policy.firstActivitySeconds * 1000,
  noActivityUnits: policy.noActivityUnits,
  endGraceMs: policy.endGraceSeconds * 1000,
  idleMs: inMs(policy.idleSeconds),
  doctorResponseMs: inMs(policy.doctorResponseSeconds),
  maxDurationMs: inMs(policy.maxDurationSeconds),
});

const inMs = (seconds: number | null): number | null => (seconds === null ? null : seconds * 1000);
