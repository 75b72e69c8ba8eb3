/** How long the units last: what the app shows as the time that is left (R3, R4). */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fundedUntil } from '../../src/billing/funded-until.ts';
import { settle } from '../../src/billing/settle.ts';
import { after, instant } from '../../src/billing/time.ts';
import { holds } from './replay.ts';
import { aGrant, anAccount, anActiveSession, clockOf, CLINIC, t } from './specimens.ts';

const talking = anActiveSession({ hasDoctorActivity: true, lastActivityAt: t('1:00') });

describe('R4 the units of a session last', () => {
  test.each([
    ['to the end of its block, where all else is held', [aGrant({ units: 1, held: 1 })], '10:00'],
    ['one block more with one free unit', [aGrant({ units: 2, held: 1 })], '20:00'],
    ['a block for each free unit', [aGrant({ units: 9, held: 2 })], '80:00'],
    [
      'to the end of its block, where the grant expires at it',
      [aGrant({ units: 9, held: 1, until: '10:00' })],
      '10:00',
    ],
    [
      'a block more, where the grant expires just after a boundary',
      [aGrant({ units: 9, held: 1, until: '10:00.001' })],
      '20:00',
    ],
    [
      'to the last boundary before the expiry and the block from there',
      [aGrant({ units: 9, held: 1, until: '35:00' })],
      '40:00',
    ],
    ['to the boundary at which the grant expires', [aGrant({ units: 9, held: 1, until: '30:00' })], '30:00'],
    [
      'through a grant that expires and on with the next',
      [aGrant({ units: 3, held: 1, until: '15:00' }), aGrant({ id: 2, units: 2 })],
      '40:00',
    ],
    [
      'to a gap, however much comes after it',
      [aGrant({ units: 1, held: 1 }), aGrant({ id: 2, units: 9, from: '10:00.001' })],
      '10:00',
    ],
    [
      'on, where the next grant begins at that boundary',
      [aGrant({ units: 1, held: 1 }), aGrant({ id: 2, units: 2, from: '10:00' })],
      '30:00',
    ],
    [
      'as the grants pay: the one that expires first is used first',
      [aGrant({ units: 3, held: 1 }), aGrant({ id: 2, units: 2, from: '15:00', until: '40:00' })],
      '50:00',
    ],
    [
      'for ever, in human terms, with a million units',
      [aGrant({ units: 1_000_000, held: 1 })],
      '10000000:00',
    ],
  ] as const)('%s', (_how, grants, clock) => {
    expect(clockOf(fundedUntil(talking, grants))).toBe(clock);
  });

  test('without counting the units of others, and the account stays as it is', () => {
    const grants = [aGrant({ units: 3, held: 3 })];

    expect(clockOf(fundedUntil({ ...talking, blocksCompleted: 4 }, grants))).toBe('50:00');
    expect(grants).toEqual([aGrant({ units: 3, held: 3 })]);
  });

  test('until exactly the boundary at which the session runs out of them, whatever grants there are', async () => {
    const minutes = (max: number) => fc.integer({ min: -20, max });
    const grantArbitrary = fc.record({
      units: fc.nat(6),
      from: fc.oneof(fc.constant(-60), minutes(60)),
      lasts: fc.option(fc.integer({ min: 1, max: 60 }), { freq: 3 }),
    });
    await holds(
      'tests/billing/funded-until.test.ts',
      500,
      fc.property(fc.array(grantArbitrary, { maxLength: 5 }), (plans) => {
        const others = plans.map(({ units, from, lasts }, index) => ({
          ...aGrant({ id: index + 2, units }),
          startsAt: after(t('0:00'), from * 60_000),
          expiresAt: lasts === null ? null : after(t('0:00'), (from + lasts) * 60_000),
        }));
        const account = anAccount(
          [aGrant({ units: 1, held: 1 }), ...others],
          [{ ...talking, policy: { ...CLINIC, intervalMs: 300_000 } }],
        );
        const [session] = account.sessions;
        if (session?.state !== 'active') throw new Error('the session has to be active');

        const [ended] = settle(account, instant(t('999999:00'))).account.sessions;

        expect(ended).toMatchObject({
          endReason: 'balance_exhausted',
          endedAt: fundedUntil(session, account.grants),
        });
      }),
    );
  });
});
