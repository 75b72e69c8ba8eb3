/** Looks over the shoulder of the real verbs: which command was decided how, in which order. It changes nothing. */
import type { Policy } from '../../../src/billing/policy.ts';
import type {
  Commands,
  CommandKind,
  Outcomes,
  CommandHandlers,
  CommandHandler,
} from '../../../src/sessions/commands.ts';

/** The settings of the process that decided. */
export interface Settings {
  readonly policy: Policy;
  readonly earlyStartMs: number;
  readonly startWindowMs: number | null;
}

interface Its<K extends CommandKind> {
  readonly command: Commands[K];
  readonly outcome: Outcomes[K];
  readonly settings: Settings;
}

/** One command, and how it was decided. */
export type Note = { readonly [K in CommandKind]: Its<K> & { readonly kind: K } }[CommandKind];

export function watch(
  handlers: CommandHandlers,
  settings: Settings,
  keep: (note: Note) => void,
): CommandHandlers {
  const watched = <K extends CommandKind>(
    handler: CommandHandler<K>,
    noted: (its: Its<K>) => Note,
  ): CommandHandler<K> => ({
    needs: handler.needs,
    decide: (command, work) => {
      const outcome = handler.decide(command, work);
      keep(noted({ command, outcome, settings }));
      return outcome;
    },
  });
  return {
    start: watched(handlers.start, (its) => ({ kind: 'start', ...its })),
    recordActivity: watched(handlers.recordActivity, (its) => ({ kind: 'recordActivity', ...its })),
    sendMessage: watched(handlers.sendMessage, (its) => ({ kind: 'sendMessage', ...its })),
    end: watched(handlers.end, (its) => ({ kind: 'end', ...its })),
    settle: watched(handlers.settle, (its) => ({ kind: 'settle', ...its })),
    endByAdmin: watched(handlers.endByAdmin, (its) => ({ kind: 'endByAdmin', ...its })),
    putAppointment: watched(handlers.putAppointment, (its) => ({ kind: 'putAppointment', ...its })),
    putSubscription: watched(handlers.putSubscription, (its) => ({ kind: 'putSubscription', ...its })),
    refund: watched(handlers.refund, (its) => ({ kind: 'refund', ...its })),
    adjust: watched(handlers.adjust, (its) => ({ kind: 'adjust', ...its })),
  };
}
