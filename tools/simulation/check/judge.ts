/** Checks everything that the store commits and everything that callers are answered, and keeps the first thing that is wrong. */
import { roleOf, type Session } from '../../../src/billing/account.ts';
import { type PatientId, type UserId, userId } from '../../../src/billing/ids.ts';
import type { Instant } from '../../../src/billing/time.ts';
import type { Alarm } from '../../../src/sessions/alarms.ts';
import type { Loaded, Needs } from '../../../src/sessions/store.ts';
import type { Tables } from '../../kit/memory-database/tables.ts';
import type { Command } from '../plan/plan.ts';
import { isOfAFault } from '../world/failures.ts';
import type { Note } from '../world/record-decisions.ts';
import { type Records, openRecords } from './records.ts';
import { expectedOf } from './expect.ts';
import { accountNow } from './account-now.ts';
import { brokenInvariants, takenBack } from '../../kit/invariants.ts';
import { difference, isRightlyMissed, wrongAnswer } from './answers.ts';

/** What kind of thing went wrong; while a failing plan is made smaller it has to stay the same kind. */
export type FailureKind =
  | 'answer'
  | 'model'
  | 'unsettled'
  | 'invariant'
  | 'constraint'
  | 'acknowledged'
  | 'alarm'
  | 'late'
  | 'unanswered'
  | 'error';

export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
}

export interface Commit {
  readonly now: Instant;
  readonly decided: readonly Note[];
  /** What there was when the batch asked what to lock, just before the commit, and just after it. */
  readonly seen: Tables;
  readonly before: Tables;
  readonly after: Tables;
}

export interface Touch {
  readonly now: Instant;
  readonly session: Session;
  readonly caller: UserId;
  /** What the caller is answered. */
  readonly lastActivityAt: Instant;
}

export interface Judge {
  readonly committed: (commit: Commit) => void;
  readonly touched: (touch: Touch) => void;
  /** A read without locks. */
  readonly read: (needs: Needs, loaded: Loaded) => void;
  readonly answered: (command: Command, answer: object) => void;
  readonly arming: (alarms: readonly Alarm[]) => void;
  /** Something was thrown. That is right only where a fault of the plan is behind it. */
  readonly expected: (who: string, error: unknown) => void;
  /** Null = nothing is wrong. Only the first that is wrong is kept. */
  readonly fail: (kind: FailureKind, message: string | null) => void;
  readonly failure: () => Failure | null;
  /** Compares every account with the model, and asks for every promise. */
  readonly compareAll: (now: Instant) => void;
}

export interface JudgeOptions {
  readonly tables: () => Tables;
  /** The most that something due may be late when it is written, by the instant at which it was due. */
  readonly mayBeLateMs: (due: Instant) => number;
  /** Whether anything in the plan can go wrong at all. */
  readonly hasFaults: boolean;
}

export function createJudge({ tables, mayBeLateMs, hasFaults }: JudgeOptions): Judge {
  const records = openRecords();
  const receipts = openReceipts();
  let failure: Failure | null = null;
  const fail: Judge['fail'] = (kind, message) => {
    if (message !== null) failure ??= { kind, message };
  };
  const compare = (patient: PatientId, now: Instant, isSettledNow: boolean): void => {
    const { ledger, sessions, grants, holds } = records.script(patient).resultAt(now);
    const { isSettled, ...present } = accountNow(tables(), patient, now);
    fail('model', difference(present, { ledger, sessions, grants, holds }, `account ${patient}`));
    if (isSettledNow && !isSettled)
      fail('unsettled', `a command of account ${patient} was committed, and what was due before it was not`);
  };
  return {
    fail,
    failure: () => failure,
    committed: (commit) => {
      const { now, before, after } = commit;
      for (const note of commit.decided) receipts.committed(note);
      for (const patient of judgeAnswers(commit, records, fail)) compare(userId(patient), now, true);
      fail('invariant', [...brokenInvariants(after), ...takenBack(before, after)][0] ?? null);
      fail('late', lateIn(commit, mayBeLateMs));
    },
    touched: (touch) => {
      const { now, session } = touch;
      receipts.touched({ sessionId: session.id, lastActivityAt: touch.lastActivityAt });
      fail('answer', wrongTouch(touch, records));
      compare(session.patientId, now, false);
    },
    read: ({ appointments = [] }, { now }) => {
      const patients = new Set(appointments.flatMap((id) => tables().appointments.get(id)?.patientId ?? []));
      for (const patient of patients) compare(patient, now, false);
    },
    answered: ({ kind }, answer) => {
      if (kind !== 'status' && !receipts.cover(answer))
        fail('acknowledged', `${kind} was answered, and is not in the store`);
    },
    arming: (alarms) => fail('alarm', wrongAlarm(alarms, tables())),
    expected: (who, error) => {
      if (!hasFaults || !isOfAFault(error)) fail('error', `${who} met ${String(error)}`);
    },
    compareAll: (now) => {
      for (const patient of tables().accounts) compare(patient, now, false);
      fail('invariant', brokenInvariants(tables())[0] ?? null);
    },
  };
}

/** Judges the answers of a batch in their order; whose accounts it was about. */
function judgeAnswers(
  { now, decided, seen, after }: Commit,
  records: Records,
  fail: Judge['fail'],
): Set<number> {
  const concerned = new Set<number>();
  for (const note of decided) {
    // What is not there cannot be locked, and may be made meanwhile: so the answer goes by what was seen.
    if (isRightlyMissed(note, seen)) continue;
    const expected = expectedOf(note, now, after, records);
    fail('answer', wrongAnswer(note, expected, now, records));
    if (expected.patient !== null) concerned.add(expected.patient);
  }
  return concerned;
}

/** Adds the activity to the script; what is wrong with it, in words. */
function wrongTouch({ now, session, caller }: Touch, records: Records): string | null {
  const { patientId: patient, id } = session;
  const role = roleOf(session, caller);
  if (role === null) return `user ${caller} takes no part in session ${id}`;
  const script = records.script(patient);
  const wasActive = script.asOf(now).sessions[id]?.isActive === true;
  script.add({ at: now, kind: 'write', sessionId: id, role });
  return wasActive ? null : `an activity of session ${id} took the fast path at ${now}, after its end`;
}

function lateIn({ before, after }: Commit, mayBeLateMs: JudgeOptions['mayBeLateMs']): string | null {
  for (const { type, actor, effectiveAt, recordedAt, sessionId } of after.events.slice(before.events.length))
    if (actor.role === 'system' && recordedAt - effectiveAt > mayBeLateMs(effectiveAt))
      return `"${type}" of session ${sessionId} came ${recordedAt - effectiveAt} ms late`;
  return null;
}

function wrongAlarm(alarms: readonly Alarm[], { sessions }: Tables): string | null {
  for (const { sessionId, at } of alarms) {
    if (!sessions.has(sessionId))
      return `an alarm was set for session ${sessionId}, which is not in the store`;
    if (!Number.isSafeInteger(at)) return `an alarm was set to ring at ${String(at)}`;
  }
  return null;
}

/** Which answers are backed by something in the store. */
interface Receipts {
  readonly committed: (note: Note) => void;
  readonly touched: (activity: Activity) => void;
  /** Whether what a caller was answered is in the store. */
  readonly cover: (answer: object) => boolean;
}

interface Activity {
  readonly sessionId: unknown;
  readonly lastActivityAt: unknown;
}

function openReceipts(): Receipts {
  const committed = new WeakSet<object>();
  /** Activities, by session and instant. */
  const activities = new Set<string>();
  const nameOf = ({ sessionId, lastActivityAt }: Activity) =>
    `${String(sessionId)} ${String(lastActivityAt)}`;
  return {
    committed: ({ outcome }) => {
      committed.add(outcome);
      if ('lastActivityAt' in outcome) activities.add(nameOf(outcome));
    },
    touched: (activity) => activities.add(nameOf(activity)),
    cover: (answer) =>
      'lastActivityAt' in answer && 'sessionId' in answer
        ? activities.has(nameOf(answer))
        : committed.has(answer),
  };
}
