import { type Grant, grantOf } from '../../billing/account.ts';
import type { Change } from '../../billing/change.ts';
import {
  adjustGrant,
  type CorrectableEntry,
  refundCharge,
  takeBackRefund,
} from '../../billing/corrections.ts';
import { type Refusal, refuse } from '../../billing/refusal.ts';
import type { Instant } from '../../billing/time.ts';
import { grantData, unitsData } from '../action-data.ts';
import type { AdminAction } from '../admin-actions.ts';
import type { CommandHandler, Commands, Corrected } from '../commands.ts';
import { type About, effectOf } from '../effect.ts';
import type { Needs, RecordedCorrection } from '../store.ts';
import type { SettledAccount, Work } from '../unit-of-work.ts';

/** R15: an admin refunds a charge, once, to the grant that paid it. */
export const refundHandler: CommandHandler<'refund'> = undoing({
  action: 'charge.refunded',
  changeOf: (entry, _grant, now) => refundCharge(entry, now),
  isSame: (made, entry) =>
    made.kind === 'refund' && made.sessionId === entry.sessionId && made.intervalNo === entry.intervalNo,
  sessionOf: ({ sessionId }) => sessionId,
});

/** R15: an admin takes a refund back, once, from the grant to which it was given. */
export const takeBackHandler: CommandHandler<'takeBack'> = undoing({
  action: 'refund.taken_back',
  changeOf: takeBackRefund,
  isSame: (made, entry) => made.takesBack === entry.id,
  // What the session used stays as it is.
  sessionOf: () => null,
});

interface Undoing {
  readonly action: AdminAction['action'];
  readonly changeOf: (entry: CorrectableEntry, grant: Grant, now: Instant) => Refusal | Change;
  /** Whether the correction that was made before is the one of this entry. */
  readonly isSame: (made: RecordedCorrection, entry: CorrectableEntry) => boolean;
  /** The session whose units it changes. */
  readonly sessionOf: (entry: CorrectableEntry) => CorrectableEntry['sessionId'];
}

/** The handler of both, which ask in the same form. */
interface Undo {
  readonly needs: (command: Commands['refund']) => Needs;
  readonly decide: (command: Commands['refund'], work: Work) => Corrected;
}

/** An entry is undone by another, once. */
function undoing({ action, changeOf, isSame, sessionOf }: Undoing): Undo {
  return {
    needs: ({ entryId, admin, idempotencyKey }) => ({
      entries: [entryId],
      corrections: [{ admin, idempotencyKey }],
    }),
    decide: (command, work) => {
      const { entryId, admin, idempotencyKey } = command;
      const entry = work.entry(entryId);
      if (entry === null) return refuse('entry_not_found');
      const made = work.correction(admin, idempotencyKey);
      if (made !== null) return repeated(command, made, isSame(made, entry));
      const settled = work.accountOfGrant(entry.grantId);
      if (settled === null) return refuse('entry_not_found');
      const grant = grantOf(settled.account, entry.grantId);
      const change = changeOf(entry, grant, settled.accountNow);
      if (change.kind === 'refused')
        return entry.undone === null ? change : { ...change, undone: entry.undone };
      const about: About = { kind: 'grant', grantId: grant.id, sessionId: sessionOf(entry) };
      const target = { action, targetKind: 'entry', targetId: entryId, dataOf: unitsData } as const;
      return correct(command, work, { settled, grant, change, about, target });
    },
  };
}

/** R15: an admin adds units to a grant or takes some, with a note. */
export const adjustHandler: CommandHandler<'adjust'> = {
  needs: ({ grantId, admin, idempotencyKey }) => ({
    grants: [grantId],
    corrections: [{ admin, idempotencyKey }],
  }),
  decide: (command, work) => {
    const { grantId, units, admin, idempotencyKey } = command;
    const settled = work.accountOfGrant(grantId);
    if (settled === null) return refuse('subscription_not_found');
    const made = work.correction(admin, idempotencyKey);
    if (made !== null) {
      const isSame =
        made.kind === 'adjustment' &&
        made.grantId === grantId &&
        made.units === units &&
        made.takesBack === null;
      return repeated(command, made, isSame);
    }
    const grant = grantOf(settled.account, grantId);
    const change = adjustGrant(grant, units, 'correction', settled.accountNow);
    if (change.kind === 'refused') return change;
    const about: About = { kind: 'grant', grantId, sessionId: null };
    const target = {
      action: 'grant.adjusted',
      targetKind: 'grant',
      targetId: grantId,
      dataOf: grantData,
    } as const;
    return correct(command, work, { settled, grant, change, about, target });
  },
};

type Correction = Omit<Commands['refund'], 'entryId'>;

/** The answer to a key under which something was done. A preview may come before the note is written. */
const repeated = ({ note }: Correction, made: RecordedCorrection, isSame: boolean): Corrected =>
  isSame && (note === made.note || note === '')
    ? { kind: 'recorded_before' }
    : refuse('idempotency_key_reused');

interface Decided {
  readonly settled: SettledAccount;
  readonly grant: Grant;
  readonly change: Change;
  readonly about: About;
  readonly target: Pick<AdminAction, 'action' | 'targetKind' | 'targetId'> & {
    readonly dataOf: typeof unitsData;
  };
}

function correct(
  { admin, note, idempotencyKey, requestId = null, isExpected }: Correction,
  work: Work,
  { settled, grant, change, about, target: { dataOf, ...target } }: Decided,
): Corrected {
  const { patientId } = settled.account;
  const effect = effectOf(settled, [change], work.due(patientId), about);
  if (isExpected?.(effect) === false) return { kind: 'effect_changed', effect };
  const after = work.record(settled, [change], { role: 'admin', id: admin }, { note, idempotencyKey });
  const data = { before: dataOf(grant), after: dataOf(grantOf(after.account, grant.id)) };
  work.recordAction({ ...target, ...data, actorId: admin, patientId, note, requestId });
  return { kind: 'recorded', effect };
}
