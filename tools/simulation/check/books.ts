/** What the judge writes down by itself of what was committed: bookings, grants, sessions, keys, messages. No rule of the engine is asked. */
import type { Appointment } from '../../../src/billing/account.ts';
import { createScript, type Script } from './model.ts';

export interface KnownGrant {
  readonly patient: number;
  units: number;
  startsAt: number;
  expiresAt: number | null;
}

export interface Books {
  readonly appointments: Map<number, Appointment>;
  /** The session of an appointment. */
  readonly sessions: Map<number, number>;
  /** Whose session it is. */
  readonly patients: Map<number, number>;
  readonly grants: Map<number, KnownGrant>;
  /** What was recorded under a key. */
  readonly corrections: Map<string, string>;
  /** What was stored under a message's id. */
  readonly messages: Map<string, string>;
  readonly script: (patient: number) => Script;
}

export function openBooks(): Books {
  const scripts = new Map<number, Script>();
  return {
    appointments: new Map(),
    sessions: new Map(),
    patients: new Map(),
    grants: new Map(),
    corrections: new Map(),
    messages: new Map(),
    script: (patient) => {
      const script = scripts.get(patient) ?? createScript();
      scripts.set(patient, script);
      return script;
    },
  };
}
