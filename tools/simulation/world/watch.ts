/** Looks over the shoulder of the real verbs: which command was decided how, in which order. It changes nothing. */
import type { Policy } from '../../../src/billing/policy.ts';
import type { Commands, Kind, Outcomes } from '../../../src/sessions/commands.ts';
import type { Verbs } from '../../../src/sessions/executor.ts';
import type { Verb } from '../../../src/sessions/verb.ts';

/** The settings of the process that decided. */
export interface Settings {
  readonly policy: Policy;
  readonly earlyStartMs: number;
  readonly startWindowMs: number | null;
}

interface Its<K extends Kind> {
  readonly command: Commands[K];
  readonly outcome: Outcomes[K];
  readonly settings: Settings;
}

/** One command, and how it was decided. */
export type Note = { readonly [K in Kind]: Its<K> & { readonly kind: K } }[Kind];

export function watch(verbs: Verbs, settings: Settings, keep: (note: Note) => void): Verbs {
  const watched = <K extends Kind>(verb: Verb<K>, noted: (its: Its<K>) => Note): Verb<K> => ({
    needs: verb.needs,
    decide: (command, workspace) => {
      const outcome = verb.decide(command, workspace);
      keep(noted({ command, outcome, settings }));
      return outcome;
    },
  });
  return {
    start: watched(verbs.start, (its) => ({ kind: 'start', ...its })),
    recordActivity: watched(verbs.recordActivity, (its) => ({ kind: 'recordActivity', ...its })),
    sendMessage: watched(verbs.sendMessage, (its) => ({ kind: 'sendMessage', ...its })),
    end: watched(verbs.end, (its) => ({ kind: 'end', ...its })),
    settle: watched(verbs.settle, (its) => ({ kind: 'settle', ...its })),
    endByAdmin: watched(verbs.endByAdmin, (its) => ({ kind: 'endByAdmin', ...its })),
    putAppointment: watched(verbs.putAppointment, (its) => ({ kind: 'putAppointment', ...its })),
    putSubscription: watched(verbs.putSubscription, (its) => ({ kind: 'putSubscription', ...its })),
    refund: watched(verbs.refund, (its) => ({ kind: 'refund', ...its })),
    adjust: watched(verbs.adjust, (its) => ({ kind: 'adjust', ...its })),
  };
}
