import type { Commands, Kind, Outcomes } from './commands.ts';
import type { Needs } from './store.ts';
import type { Workspace } from './unit-of-work.ts';

/** How one kind of command is carried out: what it has to see, and what it decides then. No I/O in either. */
export interface Verb<K extends Kind> {
  readonly needs: (command: Commands[K]) => Needs;
  readonly decide: (command: Commands[K], workspace: Workspace) => Outcomes[K];
}
