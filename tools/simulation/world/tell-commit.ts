/** A commit in the words of the story: what was decided, and what it left in the ledger and in the log. */
import type { Tables } from '../../kit/memory-database/tables.ts';
import { secondsOf } from './story.ts';
import type { Note } from './watch.ts';

export function tellCommit(
  tell: (line: string) => void,
  who: string,
  decided: readonly Note[],
  before: Tables,
  after: Tables,
): void {
  tell(`${who} commits ${decided.map(told).join(', ')}`);
  for (const { entry } of after.entries.slice(before.entries.length)) {
    const block =
      entry.sessionId === null ? '' : ` for block ${entry.intervalNo} of session ${entry.sessionId}`;
    const due = `due ${secondsOf(entry.effectiveAt)}`;
    tell(
      `    ledger: ${entry.kind} ${entry.reason}, ${entry.units}${block}, grant ${entry.grantId} is at ${entry.balanceAfter}, ${due}`,
    );
  }
  for (const { type, sessionId, effectiveAt, data } of after.events.slice(before.events.length))
    if (type === 'ended')
      tell(`    session ${sessionId} ended, ${JSON.stringify(data['reason'])}, at ${secondsOf(effectiveAt)}`);
}

function told({ kind, command, outcome }: Note): string {
  const answer = outcome.kind === 'refused' ? outcome.code : outcome.kind;
  const again = outcome.kind === 'again' ? ` in ${outcome.delayMs} ms` : '';
  return `"${kind} ${aboutOf(command)}" -> ${answer}${again}`;
}

function aboutOf(command: Note['command']): string {
  if ('appointmentId' in command) return `appointment ${command.appointmentId}`;
  if ('sessionId' in command) return `session ${command.sessionId}`;
  if ('grantId' in command) return `grant ${command.grantId}`;
  if ('entryId' in command) return `entry ${command.entryId}`;
  return `appointment ${command.appointment.id}`;
}
