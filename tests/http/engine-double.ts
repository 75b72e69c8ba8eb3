import type { Auditor, ApiEngine } from '../../src/http/app-options.ts';
import { acknowledgedRun, audited, auditRuns } from '../../src/http/documentation/audit-examples.ts';
import * as acts from '../../src/http/documentation/act-examples.ts';
import * as consoleExamples from '../../src/http/documentation/console-examples.ts';
import * as examples from '../../src/http/documentation/examples.ts';
import { changedTerms } from '../../src/billing/terms.ts';
import type { Commands, CommandKind, Outcomes } from '../../src/sessions/commands.ts';
import type { Reads } from '../../src/sessions/reads.ts';
import { signInsInMemory } from './sign-in-store.ts';

type CommandAnswers = {
  readonly [K in CommandKind]: (command: Commands[K]) => Outcomes[K] | Promise<Outcomes[K]>;
};

export interface EngineDouble extends ApiEngine {
  /** What reached the engine, in order. */
  readonly asked: { readonly name: string; readonly with: unknown }[];
}

/**
 * An engine that answers with the examples of the documentation, or with whatever a test wants instead. It
 * stands in for the rules only where a test is about the floor above them.
 */
export function engineDouble(
  instead: Partial<CommandAnswers> & {
    readonly reads?: Partial<Reads>;
    readonly auditor?: Partial<Auditor>;
  } = {},
): EngineDouble {
  const asked: EngineDouble['asked'] = [];
  const answers: CommandAnswers = { ...usualAnswers, ...instead };
  const reads: Reads = { ...usualReads, ...instead.reads };
  const note = <Args extends unknown[], Result>(name: string, act: (...args: Args) => Result) => {
    return (...args: Args): Result => {
      asked.push({ name, with: args.length === 1 ? args[0] : args });
      return act(...args);
    };
  };
  const auditor: Auditor = { ...usualAuditor, ...instead.auditor };
  return {
    asked,
    auditor: {
      audit: note('audit', auditor.audit),
      runs: note('auditRuns', auditor.runs),
      acknowledge: note('acknowledgeAudit', auditor.acknowledge),
    },
    execute: async (kind, command) => {
      asked.push({ name: kind, with: command });
      return answers[kind](command);
    },
    recordActivity: note('recordActivity', async (activity) => answers.recordActivity(activity)),
    events: {
      after: async () => ({ head: 5, events: [examples.messageEvent] }),
      marks: async () => new Map(),
    },
    hub: { watch: () => () => {} },
    signIns: signInsInMemory(),
    actions: {
      record: note('recordAction', async () => {}),
      page: note('actions', async () => ({ items: [acts.action], nextCursor: null })),
      ofSession: note('actionsOfSession', async () => [acts.action]),
    },
    preview: async (kind, command) => {
      asked.push({ name: `preview ${kind}`, with: command });
      return answers[kind](command);
    },
    reads: {
      status: note('status', reads.status),
      anyStatus: note('anyStatus', reads.anyStatus),
      receipt: note('receipt', reads.receipt),
      messages: note('messages', reads.messages),
      appointments: note('appointments', reads.appointments),
      balance: note('balance', reads.balance),
      ownBalance: note('ownBalance', reads.ownBalance),
      subscription: note('subscription', reads.subscription),
      sessions: note('sessions', reads.sessions),
      timeline: note('timeline', reads.timeline),
      ledger: note('ledger', reads.ledger),
      correction: note('correction', reads.correction),
      entry: note('entry', reads.entry),
      appointment: note('appointment', reads.appointment),
      find: note('find', reads.find),
      days: note('days', reads.days),
      history: note('history', reads.history),
      now: note('now', reads.now),
    },
  };
}

const { message } = examples;

const usualAnswers: CommandAnswers = {
  start: () => ({ kind: 'started', session: examples.started }),
  recordActivity: () => ({
    kind: 'recorded',
    sessionId: message.sessionId,
    lastActivityAt: message.sentAt,
  }),
  sendMessage: () => ({ kind: 'stored', message }),
  end: () => ({ kind: 'ended', session: examples.afterTheEnd }),
  settle: () => ({ kind: 'unknown' }),
  endByAdmin: () => ({ kind: 'ended_before', session: examples.afterTheEnd }),
  putAppointment: ({ appointment, terms = {} }) => ({
    kind: 'stored',
    appointment: { ...appointment, terms: changedTerms(null, terms) },
  }),
  putSubscription: () => ({ kind: 'stored' }),
  refund: () => ({ kind: 'recorded', effect: acts.refundEffect }),
  takeBack: () => ({ kind: 'recorded', effect: acts.takeBackEffect }),
  adjust: () => ({ kind: 'recorded', effect: acts.adjustmentEffect }),
};

const usualAuditor: Auditor = {
  audit: async () => audited,
  runs: async () => auditRuns,
  acknowledge: async () => acknowledgedRun,
};

const usualReads: Reads = {
  anyStatus: async () => examples.inProgress,
  status: async () => examples.inProgress,
  receipt: async () => examples.receipt,
  messages: async () => ({ kind: 'messages', messages: [message], hasMore: false }),
  appointments: async () => examples.ownAppointments,
  balance: async () => examples.balance,
  ownBalance: async () => examples.balance,
  subscription: async () => examples.grant,
  sessions: async () => ({ items: [consoleExamples.sessionRecord], nextCursor: null }),
  timeline: async () => examples.timeline,
  ledger: async () => ({ items: examples.charges, nextCursor: null }),
  correction: async () => examples.refund,
  entry: async (id) => examples.charges.find((charge) => charge.id === id) ?? null,
  appointment: async () => consoleExamples.bookedAppointment,
  find: async () => consoleExamples.hits,
  days: async (days) => days.map(() => consoleExamples.dayFigures),
  history: async () => consoleExamples.history,
  now: async () => examples.minute(25),
};
