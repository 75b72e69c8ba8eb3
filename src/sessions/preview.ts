import type { CommandHandler, CommandHandlers, Commands, Outcomes } from './commands.ts';
import type { Store } from './store.ts';
import { openUnitOfWork } from './unit-of-work.ts';

/** The commands of which an administrator can see the effect first. */
export type Previewed = 'endByAdmin' | 'refund' | 'takeBack' | 'adjust';

/**
 * Answers as the command would now, and nothing is written: it is decided by the same handler on what is loaded.
 * @throws StoreUnavailable where the database cannot be reached.
 */
export type Preview = <K extends Previewed>(kind: K, command: Commands[K]) => Promise<Outcomes[K]>;

export const createPreview =
  (read: Store['read'], handlers: Pick<CommandHandlers, Previewed>): Preview =>
  async <K extends Previewed>(kind: K, command: Commands[K]) => {
    const handler: CommandHandler<K> = handlers[kind];
    const loaded = await read(handler.needs(command));
    return openUnitOfWork(loaded).attempt((work) => handler.decide(command, work));
  };
