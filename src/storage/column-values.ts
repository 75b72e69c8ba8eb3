import type { Actor } from '../billing/account.ts';
import { userId } from '../billing/ids.ts';
import type { EntryKind, EntryReason } from '../billing/ledger.ts';
import type { EventType } from '../sessions/store.ts';

/** Columns that hold one of a few words. A word that the schema's checks do not know is a bug, and is said. */

const ENTRY_KINDS = { grant: true, charge: true, refund: true, adjustment: true } satisfies Record<
  EntryKind,
  true
>;
const ENTRY_REASONS = {
  interval: true,
  no_activity: true,
  manual_end: true,
  admin_end: true,
  idle_timeout: true,
  max_duration: true,
  subscription: true,
  doctor_no_response: true,
  correction: true,
  validity_changed: true,
} satisfies Record<EntryReason, true>;
const EVENT_TYPES = {
  started: true,
  activity: true,
  message: true,
  deduction: true,
  low_balance: true,
  ended: true,
  refund: true,
} satisfies Record<EventType, true>;
const ACTOR_ROLES = { system: true, patient: true, doctor: true, admin: true } satisfies Record<
  Actor['role'],
  true
>;

const oneOf =
  <Word extends string>(column: string, words: Readonly<Record<Word, true>>) =>
  (value: string): Word => {
    if (!isKey(words, value)) throw new Error(`column ${column} holds ${JSON.stringify(value)}`);
    return value;
  };

const isKey = <Word extends string>(words: Readonly<Record<Word, true>>, value: string): value is Word =>
  Object.hasOwn(words, value);

export const entryKindFrom = oneOf('kind', ENTRY_KINDS);
export const entryReasonFrom = oneOf('reason', ENTRY_REASONS);
export const eventTypeFrom = oneOf('type', EVENT_TYPES);
const actorRoleFrom = oneOf('actor_role', ACTOR_ROLES);

export function actorFrom(role: string, id: bigint | null): Actor {
  const known = actorRoleFrom(role);
  if (known === 'system') return { role: known };
  if (id === null) throw new Error(`an entry by a ${known} does not say who`);
  return { role: known, id: userId(id) };
}
