/**
 * A short way to write down what happens to one account, step by step, and to read what the rules made of it.
 * Every step first settles the account to its own time, as every command does. Session 1 and grant 1 are meant
 * where nothing else is named.
 */
import {
  type Account,
  type Grant,
  grantOf,
  type Role,
  sessionOf,
  system,
} from '../../src/billing/account.ts';
import { recordActivity } from '../../src/billing/activity.ts';
import { apply } from '../../src/billing/apply.ts';
import type { Change } from '../../src/billing/change.ts';
import { adjustGrant, refundCharge } from '../../src/billing/corrections.ts';
import { endSession, type EndRequest } from '../../src/billing/end.ts';
import { grantId, ledgerEntryId, sessionId } from '../../src/billing/ids.ts';
import { entryOf, type LedgerEntry } from '../../src/billing/ledger.ts';
import type { Policy } from '../../src/billing/policy.ts';
import type { RefusalCode } from '../../src/billing/refusal.ts';
import { settle } from '../../src/billing/settle.ts';
import { startSession } from '../../src/billing/start.ts';
import type { Instant } from '../../src/billing/time.ts';
import { anAccount, anAppointment, clockOf, CLINIC, PATIENT, t } from './specimens.ts';

/** What there is after some steps. */
export interface Scene {
  readonly account: Account;
  readonly changes: readonly Change[];
  readonly entries: readonly LedgerEntry[];
  /** `10:05 session_ended`: what was refused, and when. */
  readonly refused: readonly string[];
}

export type Step = (scene: Scene) => Scene;

export const play = (grants: readonly Grant[], ...steps: readonly Step[]): Scene =>
  steps.reduce<Scene>((scene, next) => next(scene), {
    account: anAccount(grants),
    changes: [],
    entries: [],
    refused: [],
  });

/** The account is settled, by an alarm or the sweep, and nothing else happens. */
export const settleAt =
  (clock: string): Step =>
  (scene) =>
    settledTo(scene, t(clock));

export const start = (clock: string, policy: Partial<Policy> = {}, session = 1): Step =>
  step(clock, ({ account }, now) => {
    const decision = startSession(
      {
        appointment: anAppointment({ id: session }),
        session: account.sessions.find(({ id }) => id === session) ?? null,
        caller: PATIENT,
        account,
        newSessionId: sessionId(session),
        policy: { ...CLINIC, ...policy },
        window: { earlyStartMs: 0, startWindowMs: null },
      },
      now,
    );
    switch (decision.kind) {
      case 'refused':
        return decision.code;
      case 'already_active':
        return [];
      case 'started':
        return decision.changes;
    }
  });

export const write = (clock: string, role: Role, session = 1): Step =>
  step(clock, ({ account }, now) => {
    const found = sessionOf(account, sessionId(session));
    return found.state === 'ended' ? 'session_ended' : [recordActivity(found, role, now)];
  });

export const end = (clock: string, request: EndRequest = { by: 'participant' }, session = 1): Step =>
  step(clock, ({ account }, now) => {
    const found = sessionOf(account, sessionId(session));
    return found.state === 'ended' ? [] : endSession(found, request, now);
  });

export const giveBack = (clock: string, intervalNo: number, session = 1): Step =>
  step(clock, ({ entries }, now) => {
    const ofBlock = (entry: LedgerEntry) => entry.sessionId === session && entry.intervalNo === intervalNo;
    const charge = entries.find((entry) => entry.kind === 'charge' && ofBlock(entry));
    const refund = entries.find((entry) => entry.kind === 'refund' && ofBlock(entry));
    const undone = refund === undefined ? null : { by: system, at: refund.effectiveAt };
    const id = ledgerEntryId(intervalNo);
    const change = refundCharge(charge === undefined ? null : { ...charge, id, undone }, now);
    return change.kind === 'refused' ? change.code : [change];
  });

export const adjust = (clock: string, units: number, grant = 1): Step =>
  step(clock, ({ account }, now) => {
    const change = adjustGrant(grantOf(account, grantId(grant)), units, 'correction', now);
    return change.kind === 'refused' ? change.code : [change];
  });

/** Charges, refunds and ends, one line each, in the order in which they were made. */
export const told = ({ changes }: Scene): readonly string[] =>
  changes.map(lineOf).filter((line) => line !== null);

/** What is left on each grant: `1: 4, 1 held`. */
export const balances = ({ account }: Scene): readonly string[] =>
  account.grants.map(({ id, remaining, held }) => `${id}: ${remaining}${held === 0 ? '' : `, ${held} held`}`);

function lineOf(change: Change): string | null {
  const at = clockOf(change.at);
  switch (change.kind) {
    case 'unit_charged':
      return `${at}${named(change.sessionId)} charge ${change.intervalNo} ${change.reason}, grant ${change.grantId}`;
    case 'unit_refunded':
      return `${at}${named(change.sessionId)} refund ${change.intervalNo} ${change.reason}, grant ${change.grantId}`;
    case 'session_ended':
      return `${at}${named(change.sessionId)} ended ${change.reason}`;
    default:
      return null;
  }
}

const named = (session: number): string => (session === 1 ? '' : ` session ${session}`);

function step(clock: string, act: (scene: Scene, now: Instant) => RefusalCode | readonly Change[]): Step {
  return (scene) => {
    const now = t(clock);
    const settled = settledTo(scene, now);
    const made = act(settled, now);
    return typeof made === 'string'
      ? { ...settled, refused: [...settled.refused, `${clock} ${made}`] }
      : made.reduce(madeIn, settled);
  };
}

const settledTo = (scene: Scene, now: Instant): Scene =>
  settle(scene.account, now).changes.reduce(madeIn, scene);

function madeIn(scene: Scene, change: Change): Scene {
  const account = apply(scene.account, change);
  const entry = entryOf(account, change);
  return {
    ...scene,
    account,
    changes: [...scene.changes, change],
    entries: entry === null ? scene.entries : [...scene.entries, entry],
  };
}
