import { ledgerEntryId } from '../../billing/ids.ts';
import { unitsData } from '../../sessions/action-data.ts';
import type { RecordedAction } from '../../sessions/admin-actions.ts';
import type { Effect } from '../../sessions/effect.ts';
import type { LedgerRecord } from '../../sessions/records.ts';
import { adjustment, admin, charges, grant, minute, refund } from './examples.ts';

/** What administrators do, in the conversation of the other examples. */

const CORRECTION = {
  patientId: grant.patientId,
  grantId: grant.id,
  reason: 'correction',
  effectiveAt: minute(60),
  terms: null,
  takesBack: null,
} as const;

const THIRD_UNIT = { ...CORRECTION, sessionId: refund.sessionId, intervalNo: refund.intervalNo } as const;

const NOTHING = { units: 0, entries: [] };

/** What becomes of the session's units once it has ended. */
const ended = (unitsBefore: number, unitsAfter: number): Effect['session'] =>
  refund.sessionId === null
    ? null
    : { sessionId: refund.sessionId, unitsBefore, unitsAfter, fundedUntil: null };

export const takeBack: LedgerRecord = {
  ...adjustment,
  id: ledgerEntryId(70_006),
  units: -1,
  balanceAfter: 2,
  note: 'The connection of the clinic had not failed',
  takesBack: refund.id,
};

/** Of giving the third unit back. */
export const refundEffect: Effect = {
  dueAnyway: NOTHING,
  adds: {
    units: 1,
    entries: [
      {
        ...THIRD_UNIT,
        kind: 'refund',
        units: 1,
        balanceAfter: 3,
      },
    ],
  },
  grants: [{ grantId: grant.id, before: 2, after: 3, isUsable: true }],
  session: ended(3, 2),
  otherSessions: [],
};

/** Of ending the session in its third block, and charging it. */
export const endEffect: Effect = {
  dueAnyway: NOTHING,
  adds: {
    units: 1,
    entries: [
      {
        ...THIRD_UNIT,
        kind: 'charge',
        reason: 'admin_end',
        units: -1,
        balanceAfter: 2,
      },
    ],
  },
  grants: [{ grantId: grant.id, before: 3, after: 2, isUsable: true }],
  session: ended(2, 3),
  otherSessions: [],
};

/** Of taking that refund back. */
export const takeBackEffect: Effect = {
  ...refundEffect,
  adds: {
    units: -1,
    entries: [
      { ...CORRECTION, sessionId: null, kind: 'adjustment', units: -1, intervalNo: null, balanceAfter: 2 },
    ],
  },
  grants: [{ grantId: grant.id, before: 3, after: 2, isUsable: true }],
  session: null,
};

/** Of an adjustment by two units. */
export const adjustmentEffect: Effect = {
  ...refundEffect,
  adds: {
    units: 2,
    entries: [
      { ...CORRECTION, sessionId: null, kind: 'adjustment', units: 2, intervalNo: null, balanceAfter: 5 },
    ],
  },
  grants: [{ grantId: grant.id, before: 3, after: 5, isUsable: true }],
  session: null,
};

export const action: RecordedAction = {
  id: 501,
  recordedAt: minute(60),
  actorId: admin,
  action: 'charge.refunded',
  targetKind: 'entry',
  targetId: charges[2]?.id ?? null,
  patientId: grant.patientId,
  note: refund.note,
  before: unitsData(grant),
  after: unitsData({ ...grant, remaining: 3 }),
  requestId: '5b8e3a52-7d0c-4f4e-9a54-6f4f4a3f0f0e',
};
