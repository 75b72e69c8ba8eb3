import { part, wholeNumber, word } from './event-data.ts';
import type { StoredEntry, StoredEvent } from './history.ts';
import type { Input } from './input.ts';
import type { Action, Policy, Role } from './reference-model/naive-types.ts';
import { policyOf } from './policy-of.ts';
import { withUnloggedActivity } from './unlogged-activity.ts';

/** A session as its own events tell it. */
export interface SessionLog {
  readonly sessionId: number;
  readonly events: readonly StoredEvent[];
  /** Its part of the ledger. */
  readonly entries: readonly StoredEntry[];
  /** When somebody last wrote, as the end says, or while there is none, the session's row. */
  readonly lastActivityAt: number | null;
}

/**
 * What was done in a session: started, written in, ended by somebody, refunded by an admin. Ends and refunds that
 * the rules bring about by themselves are no inputs: they are recomputed.
 */
export function sessionInputs(log: SessionLog): readonly Input[] {
  const { sessionId, events } = log;
  const inputs: Input[] = [];
  let policy: Policy | null = null;
  for (const event of events) {
    policy ??= event.type === 'started' ? policyOf(part(event.data, 'policy')) : null;
    const action = actionOf(event, policy);
    if (action === null) continue;
    const source = { kind: 'event', sessionId, eventNo: event.eventNo } as const;
    inputs.push({ action, source, entryId: entryOf(action, log.entries) });
  }
  return withUnloggedActivity(inputs, log.lastActivityAt, policy?.idleSeconds ?? null);
}

function actionOf(event: StoredEvent, policy: Policy | null): Action | null {
  const { sessionId, data, effectiveAt: at } = event;
  switch (event.type) {
    case 'started': {
      const patientId = wholeNumber(data, 'patient_id');
      return policy === null || patientId === null
        ? null
        : { kind: 'start', at, sessionId, patientId, policy };
    }
    case 'activity':
    case 'message':
      return { kind: 'write', at, sessionId, role: roleOf(event.actorRole) };
    case 'ended':
      return endOf(event);
    case 'refund': {
      const intervalNo = wholeNumber(data, 'interval_no');
      const isByRule = word(data, 'reason') === 'doctor_no_response';
      return isByRule || intervalNo === null ? null : { kind: 'refund', at, sessionId, intervalNo };
    }
    default:
      return null;
  }
}

function endOf({ sessionId, data, effectiveAt: at, actorRole }: StoredEvent): Action | null {
  switch (word(data, 'reason')) {
    case 'manual_end':
      return { kind: 'end', at, sessionId, by: roleOf(actorRole) };
    case 'admin_end':
      return { kind: 'admin_end', at, sessionId, charge: wholeNumber(data, 'units') === 1 };
    default:
      return null;
  }
}

const roleOf = (actorRole: string): Role => (actorRole === 'doctor' ? 'doctor' : 'patient');

/** The entry that an input left in the ledger, where it left one. */
function entryOf(action: Action, entries: readonly StoredEntry[]): number | null {
  const found = entries.find((entry) => {
    if (action.kind === 'refund') return entry.kind === 'refund' && entry.intervalNo === action.intervalNo;
    const reason = action.kind === 'end' ? 'manual_end' : action.kind;
    return entry.kind === 'charge' && entry.reason === reason;
  });
  return found?.entryId ?? null;
}
