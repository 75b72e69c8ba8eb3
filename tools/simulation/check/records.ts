/** The judge's own record of what was committed: bookings, grants, sessions, keys, messages. It asks no rule of the engine. */
import type { Appointment } from '../../../src/billing/account.ts';
import type { TermsChange } from '../../../src/billing/terms.ts';
import type { Note } from '../world/record-decisions.ts';
import { createScript, type Script } from './model.ts';

export interface KnownGrant {
  readonly patient: number;
  units: number;
  startsAt: number;
  expiresAt: number | null;
}

/** A booking, with what was said of its terms. */
export type Booked = Omit<Appointment, 'terms'> & { readonly terms: TermsChange };

export interface Records {
  readonly appointments: Map<number, Booked>;
  /** The session of an appointment. */
  readonly sessions: Map<number, number>;
  /** Whose session it is. */
  readonly patients: Map<number, number>;
  readonly grants: Map<number, KnownGrant>;
  /** What was recorded under a key. */
  readonly corrections: Map<string, string>;
  /** Refunds that were taken back, by session and block. */
  readonly takenBack: Set<string>;
  /** What was stored under a message's id. */
  readonly messages: Map<string, string>;
  readonly script: (patient: number) => Script;
}

export function openRecords(): Records {
  const scripts = new Map<number, Script>();
  return {
    appointments: new Map(),
    sessions: new Map(),
    patients: new Map(),
    grants: new Map(),
    corrections: new Map(),
    takenBack: new Set(),
    messages: new Map(),
    script: (patient) => {
      const script = scripts.get(patient) ?? createScript();
      scripts.set(patient, script);
      return script;
    },
  };
}

export type NoteOf<Kind extends Note['kind']> = Extract<Note, { readonly kind: Kind }>;

/** The account that a command was about, if any, and the answer that it should have had: an outcome's kind or a refusal's code. */
export interface Expected {
  readonly patient: number | null;
  readonly session: number | null;
  readonly answer: string;
  /** Of a settling: when the next one is due. */
  readonly delayMs?: number;
}
