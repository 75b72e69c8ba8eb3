import type { Actor } from '../billing/account.ts';
import type { Instant } from '../billing/time.ts';

/** One sentence about a unit or an end, and the rule of docs/rules.md that it comes from. */
export interface Explanation {
  readonly rule: 'R3' | 'R4' | 'R5' | 'R6' | 'R8' | 'R9' | 'R10' | 'R14' | 'R15';
  readonly sentence: string;
}

/** Staff read who an administrator was, why, and whether a worker ran. A participant reads the same without that. */
export type Reader = 'staff' | 'participant';

/** For whom sentences are written, and how an instant is shown there. */
export interface Audience {
  readonly reader: Reader;
  readonly at: (at: Instant) => string;
}

/** Who did it, at the beginning of a sentence. */
export function whoDid(actor: Actor, { reader }: Audience): string {
  switch (actor.role) {
    case 'patient':
      return 'The patient';
    case 'doctor':
      return 'The doctor';
    case 'admin':
      return reader === 'staff' ? `User ${actor.id}` : 'An administrator';
    case 'system':
      return 'The engine';
  }
}

/** Why an administrator stepped in, as the end of a sentence. */
export const because = (note: string | null, { reader }: Audience): string =>
  note === null || reader === 'participant' ? '.' : `: "${note}".`;
