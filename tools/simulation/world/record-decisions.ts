/** Wraps the real command handlers: records how each command was decided, in which order. It changes nothing. */
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
  const recorded = <K extends CommandKind>(
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
    start: recorded(handlers.start, (its) => ({ kind: 'start', ...its })),
    recordActivity: recorded(handlers.recordActivity, (its) => ({ kind: 'recordActivity', ...its })),
    sendMessage: recorded(handlers.sendMessage, (its) => ({ kind: 'sendMessage', ...its })),
    end: recorded(handlers.end, (its) => ({ kind: 'end', ...its })),
    settle: recorded(handlers.settle, (its) => ({ kind: 'settle', ...its })),
    endByAdmin: recorded(handlers.endByAdmin, (its) => ({ kind: 'endByAdmin', ...its })),
    putAppointment: recorded(handlers.putAppointment, (its) => ({ kind: 'putAppointment', ...its })),
    putSubscription: recorded(handlers.putSubscription, (its) => ({ kind: 'putSubscription', ...its })),
    refund: recorded(handlers.refund, (its) => ({ kind: 'refund', ...its })),
    takeBack: recorded(handlers.takeBack, (its) => ({ kind: 'takeBack', ...its })),
    adjust: recorded(handlers.adjust, (its) => ({ kind: 'adjust', ...its })),
  };
}
