/** What happened in a simulation, for a reader, and the hash by which two runs are compared. */
import type { Instant } from '../../../src/billing/time.ts';
import type { Tables } from '../../kit/memory-database/tables.ts';
import { hashOf } from '../../kit/random.ts';
import type { Note } from './record-decisions.ts';

export interface Log {
  readonly tell: (line: string) => void;
  readonly lines: () => readonly string[];
  /** Of every line with its instant. */
  readonly hash: () => string;
}

export const BEGINNING_MS = 1_800_000_000_000;

/** `12.345 s` after the beginning. */
const secondsOf = (at: Instant): string => `${((at - BEGINNING_MS) / 1000).toFixed(3)} s`;

export function openLog(now: () => Instant): Log {
  const lines: string[] = [];
  let hash: number | undefined;
  return {
    tell: (line) => {
      const dated = `${secondsOf(now()).padStart(10)}  ${line}`;
      hash = hashOf(dated, hash);
      lines.push(dated);
    },
    lines: () => lines,
    hash: () => (hash ?? 0).toString(16).padStart(8, '0'),
  };
}

/** A commit in words: what was decided, and what it left in the ledger and in the log. */
export function tellCommit(
  tell: (line: string) => void,
  who: string,
  decided: readonly Note[],
  before: Tables,
  after: Tables,
): void {
  tell(`${who} commits ${decided.map(inWords).join(', ')}`);
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

function inWords({ kind, command, outcome }: Note): string {
  const answer = outcome.kind === 'refused' ? outcome.code : outcome.kind;
  const next = outcome.kind === 'active' ? ` in ${outcome.delayMs} ms` : '';
  return `"${kind} ${aboutOf(command)}" -> ${answer}${next}`;
}

function aboutOf(command: Note['command']): string {
  if ('appointmentId' in command) return `appointment ${command.appointmentId}`;
  if ('sessionId' in command) return `session ${command.sessionId}`;
  if ('grantId' in command) return `grant ${command.grantId}`;
  if ('entryId' in command) return `entry ${command.entryId}`;
  return `appointment ${command.appointment.id}`;
}
