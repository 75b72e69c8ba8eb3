/** `apply` is the last line of R3, R14 and R16: what cannot be is a bug, and is never written. */
import { describe, expect, test } from 'vitest';
import type { Account } from '../../src/billing/account.ts';
import { apply } from '../../src/billing/apply.ts';
import type { Change } from '../../src/billing/change.ts';
import { grantId, sessionId } from '../../src/billing/ids.ts';
import { aGrant, anAccount, anActiveSession, anEndedSession, t } from './specimens.ts';

const at = t('10:00');
const on = (session: number, grant = 1) => ({ at, sessionId: sessionId(session), grantId: grantId(grant) });

const running = anAccount([aGrant({ held: 1 }), aGrant({ id: 2 })], [anActiveSession({ unitsUsed: 0 })]);
const between = anAccount([aGrant()], [anActiveSession({ heldOn: null })]);

describe('a change that cannot be', () => {
  test.each([
    ['a second hold for one block', running, { kind: 'block_entered', ...on(1) }, /holds a unit already/],
    [
      'a hold where no unit is free',
      anAccount([aGrant({ units: 1, held: 1 })], [anActiveSession({ id: 2, heldOn: null })]),
      { kind: 'block_entered', ...on(2) },
      /2 held of 1/,
    ],
    [
      'a charge without a hold',
      between,
      { kind: 'unit_charged', ...on(1), intervalNo: 1, reason: 'interval' },
      /holds no unit/,
    ],
    [
      'a charge to another grant than the one that is held',
      running,
      { kind: 'unit_charged', ...on(1, 2), intervalNo: 1, reason: 'interval' },
      /holds no unit of grant 2/,
    ],
    [
      'a charge for a block that is not in progress',
      running,
      { kind: 'unit_charged', ...on(1), intervalNo: 2, reason: 'interval' },
      /is in block 1, not 2/,
    ],
    [
      'a charge for the block before',
      anAccount([aGrant({ held: 1 })], [anActiveSession({ blocksCompleted: 1 })]),
      { kind: 'unit_charged', ...on(1), intervalNo: 1, reason: 'interval' },
      /is in block 2, not 1/,
    ],
    ['a release of nothing', between, { kind: 'hold_released', ...on(1) }, /holds no unit/],
    [
      'an end while a unit is held',
      running,
      { kind: 'session_ended', ...on(1), reason: 'manual_end', units: 0 },
      /ends while it still holds/,
    ],
    [
      'a refund where nothing was charged',
      anAccount([aGrant({ units: 4, held: 1, total: 5 })], [anActiveSession()]),
      { kind: 'unit_refunded', ...on(1), intervalNo: 1, reason: 'correction' },
      /no charge left to refund/,
    ],
    [
      'a refund to a grant that lacks nothing',
      anAccount([aGrant({ held: 1 })], [anActiveSession({ unitsUsed: 1, blocksCompleted: 1 })]),
      { kind: 'unit_refunded', ...on(1), intervalNo: 1, reason: 'correction' },
      /of 6 of 5/,
    ],
    [
      'a release of a unit that the grant does not hold',
      anAccount([aGrant()], [anActiveSession()]),
      { kind: 'hold_released', ...on(1) },
      /-1 held of 5/,
    ],
    [
      'a second refund after the end',
      anAccount([aGrant({ units: 4, total: 5 })], [anEndedSession({ unitsUsed: 0 })]),
      { kind: 'unit_refunded', ...on(1), intervalNo: 1, reason: 'correction' },
      /no charge left to refund/,
    ],
    [
      'an adjustment that takes what is held',
      running,
      { kind: 'grant_adjusted', at, grantId: grantId(1), units: -5, reason: 'correction', takesBack: null },
      /1 held of 0/,
    ],
    [
      'an adjustment below nothing',
      running,
      { kind: 'grant_adjusted', at, grantId: grantId(2), units: -6, reason: 'correction', takesBack: null },
      /held of -1/,
    ],
    [
      'anything of a session that was not loaded',
      running,
      { kind: 'hold_released', ...on(9) },
      /without session 9/,
    ],
    [
      'anything of a grant that was not loaded',
      running,
      { kind: 'grant_adjusted', at, grantId: grantId(9), units: 1, reason: 'correction', takesBack: null },
      /without grant 9/,
    ],
  ] satisfies [string, Account, Change, RegExp][])(
    'is never made: %s',
    (_what, account, change, complaint) => {
      expect(() => apply(account, change)).toThrow(complaint);
    },
  );
});

describe('a change that is made', () => {
  test('leaves the account that it was made from as it was', () => {
    const frozen = deepFreeze(structuredClone(running));

    expect(
      apply(frozen, { kind: 'unit_charged', ...on(1), intervalNo: 1, reason: 'interval' }),
    ).toMatchObject({
      grants: [{ remaining: 4, held: 0 }, { remaining: 5 }],
      sessions: [{ blocksCompleted: 1, heldOn: null, unitsUsed: 1, standingCharges: [] }],
    });
    expect(frozen).toEqual(running);
  });

  test('to one session or grant leaves the others alone, by identity', () => {
    const two = anAccount(
      [aGrant({ held: 2 }), aGrant({ id: 2 })],
      [anActiveSession(), anActiveSession({ id: 2 })],
    );
    const changed = apply(two, { kind: 'unit_charged', ...on(2), intervalNo: 1, reason: 'interval' });

    expect(changed.sessions[0]).toBe(two.sessions[0]);
    expect(changed.grants[1]).toBe(two.grants[1]);
    expect(changed.sessions[1]).not.toBe(two.sessions[1]);
  });

  test('to the validity of a grant keeps its units', () => {
    const terms = { startsAt: t('1:00'), expiresAt: t('2:00') };
    const changed = apply(running, { kind: 'grant_validity_changed', at, grantId: grantId(1), ...terms });

    expect(changed.grants).toEqual([{ ...aGrant({ held: 1 }), ...terms }, aGrant({ id: 2 })]);
  });

  test('of an end keeps the facts of the session and drops what only an active one has', () => {
    const ended = apply(between, { kind: 'session_ended', ...on(1), reason: 'idle_timeout', units: 1 });

    expect(ended.sessions).toEqual([
      anEndedSession({ unitsUsed: 0, endedAt: at, endReason: 'idle_timeout', endUnits: 1 }),
    ]);
  });
});

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
