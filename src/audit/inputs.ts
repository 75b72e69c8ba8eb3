import { part, policyOf, type StoredEntry, type StoredEvent, wholeNumber, word } from './history.ts';
import type { Action, Policy, Role } from './reference-model/naive-types.ts';

/**
 * One thing that a person did, as it was logged. Everything else in an account follows from these by the rules, and is
 * recomputed.
 */
export interface Input {
  readonly action: Action;
  /** The line that records it. */
  readonly source:
    | { readonly kind: 'event'; readonly sessionId: number; readonly eventNo: number }
    | { readonly kind: 'entry'; readonly entryId: number; readonly grantId: number };
  /** The entry that it left in the ledger, whose ids tell the order of writing; null = it left none. */
  readonly entryId: number | null;
}

/** What was done to the grants of an account, by the ledger: created, adjusted, given another validity. */
export function grantInputs(patientId: number, entries: readonly StoredEntry[]): readonly Input[] {
  return entries.flatMap((entry) => {
    const action = grantActionOf(patientId, entry, entries);
    if (action === null) return [];
    const { entryId, grantId } = entry;
    return [{ action, source: { kind: 'entry' as const, entryId, grantId }, entryId }];
  });
}

function grantActionOf(
  patientId: number,
  entry: StoredEntry,
  entries: readonly StoredEntry[],
): Action | null {
  const { grantId, units, effectiveAt: at, details } = entry;
  const terms = {
    startsAt: wholeNumber(details, 'starts_at_ms') ?? at,
    expiresAt: part(details, 'expires_at_ms') === null ? null : wholeNumber(details, 'expires_at_ms'),
  };
  switch (entry.kind) {
    case 'grant':
      return { kind: 'grant', at, grantId, patientId, units, ...terms };
    case 'adjustment':
      if (entry.takesBack !== null) return takeBackOf(entry, entries);
      return entry.reason === 'validity_changed'
        ? { kind: 'set_validity', at, grantId, ...terms }
        : { kind: 'adjust', at, grantId, units };
    default:
      return null;
  }
}

/** The model refuses it where it names no refund of this grant, or takes more than the one unit. */
function takeBackOf(
  { takesBack, grantId, units, effectiveAt: at }: StoredEntry,
  entries: readonly StoredEntry[],
): Action {
  const given = entries.find(({ entryId }) => entryId === takesBack);
  const isSound = given?.kind === 'refund' && given.grantId === grantId && units === -1;
  return {
    kind: 'take_back',
    at,
    sessionId: (isSound ? given.sessionId : null) ?? 0,
    intervalNo: (isSound ? given.intervalNo : null) ?? 0,
  };
}

/** A session by its own events. */
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
    const action = sessionActionOf(event, policy);
    if (action === null) continue;
    const source = { kind: 'event', sessionId, eventNo: event.eventNo } as const;
    inputs.push({ action, source, entryId: entryOf(action, log.entries) });
  }
  return withUnloggedActivity(inputs, log.lastActivityAt, policy?.idleSeconds ?? null);
}

function sessionActionOf(event: StoredEvent, policy: Policy | null): Action | null {
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

/**
 * Only a role's first activity and every message have a line in the log, and the end says when somebody wrote last.
 * Between two logged activities the session is taken to have been attended: whether an unlogged one postponed an
 * idle end in good time cannot be known. The first activity of all is always logged, so before it nothing is added.
 */
function withUnloggedActivity(
  inputs: readonly Input[],
  lastActivityAt: number | null,
  idleSeconds: number | null,
): readonly Input[] {
  const attended: Input[] = [];
  let last: Input | null = null;
  for (const input of withLastActivity(inputs, lastActivityAt)) {
    if (isWrite(input)) {
      if (last !== null && idleSeconds !== null) attended.push(...between(last, input, idleSeconds * 1000));
      last = input;
    }
    attended.push(input);
  }
  return attended;
}

/** Adds the last activity of all where it has no line of its own: before the end, whatever the instant. */
function withLastActivity(inputs: readonly Input[], lastActivityAt: number | null): readonly Input[] {
  const last = inputs.findLast(isWrite);
  if (last === undefined || lastActivityAt === null || last.action.at >= lastActivityAt) return inputs;
  const later = inputs.findIndex((input) => input.action.at > lastActivityAt || isEnd(input));
  const index = later === -1 ? inputs.length : later;
  return inputs.toSpliced(index, 0, at(last, lastActivityAt));
}

/** Enough activities that no idle time runs out between two. */
function between(a: Input, b: Input, idleMs: number): Input[] {
  const stepMs = Math.max(1, idleMs - 1);
  const count = Math.max(0, Math.ceil((b.action.at - a.action.at) / stepMs) - 1);
  return Array.from({ length: count }, (_, i) => at(a, a.action.at + (i + 1) * stepMs));
}

const at = (input: Input, instant: number): Input => ({
  ...input,
  action: { ...input.action, at: instant },
});

const isWrite = ({ action }: Input): boolean => action.kind === 'write';
const isEnd = ({ action }: Input): boolean => action.kind === 'end' || action.kind === 'admin_end';
