/** When a session ends if nobody writes, ends it or tops up: what a countdown shows. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectedEnd } from '../../src/billing/expected-end.ts';
import { sessionOf } from '../../src/billing/account.ts';
import { settle } from '../../src/billing/settle.ts';
import { after } from '../../src/billing/time.ts';
import { holds } from './replay.ts';
import { aGrant, anAccount, anActiveSession, clockOf, CLINIC, t } from './specimens.ts';

const FILE = 'tests/billing/expected-end.test.ts';
const MINUTE = 60_000;
const RICH = [aGrant({ units: 9, held: 1 })];
const LAST = [aGrant({ units: 1, held: 1 })];
const silent = anActiveSession();
const talking = anActiveSession({
  hasPatientActivity: true,
  firstPatientActivityAt: t('1:00'),
  lastActivityAt: t('4:00'),
});
const under = (policy: Partial<typeof CLINIC>) => ({ policy: { ...CLINIC, ...policy } });

describe('a session that nobody touches ends', () => {
  test.each([
    ['after the time for the first message', silent, RICH, '10:00', 'no_activity'],
    [
      'for the silence and not for the balance, where both come at once (R11)',
      silent,
      LAST,
      '10:00',
      'no_activity',
    ],
    ['where the units are used up, once somebody wrote', talking, RICH, '90:00', 'balance_exhausted'],
    ['at the end of its last block', talking, LAST, '10:00', 'balance_exhausted'],
    [
      'when it has been idle for too long',
      { ...talking, ...under({ idleMs: 5 * MINUTE }) },
      RICH,
      '9:00',
      'idle_timeout',
    ],
    [
      'when the doctor has not answered',
      { ...talking, ...under({ doctorResponseMs: 3 * MINUTE, idleMs: 5 * MINUTE }) },
      RICH,
      '4:00',
      'doctor_no_response',
    ],
    [
      'for the doctor and not for the silence, where both come at once (R11)',
      { ...talking, ...under({ doctorResponseMs: 8 * MINUTE, idleMs: 5 * MINUTE }) },
      RICH,
      '9:00',
      'doctor_no_response',
    ],
    [
      'at its longest',
      { ...talking, ...under({ maxDurationMs: 25 * MINUTE }) },
      RICH,
      '25:00',
      'max_duration',
    ],
    [
      'at its longest and not for the balance, where both come at once (R11)',
      { ...talking, ...under({ maxDurationMs: 10 * MINUTE }) },
      LAST,
      '10:00',
      'max_duration',
    ],
  ] as const)('%s', (_when, session, grants, clock, reason) => {
    const { at, reason: why } = expectedEnd(session, grants);

    expect([clockOf(at), why]).toEqual([clock, reason]);
  });

  test('exactly there and for that reason, whatever its policy and its grants', async () => {
    const minutes = fc.integer({ min: 1, max: 40 }).map((count) => count * MINUTE);
    const off = fc.option(minutes);
    const property = fc.property(
      fc.record({ idleMs: off, doctorResponseMs: off, maxDurationMs: off }),
      fc.record({ units: fc.integer({ min: 1, max: 5 }), more: fc.integer({ min: 0, max: 2 }) }),
      fc.constantFrom(silent, talking),
      (policy, { units, more }, session) => {
        const account = anAccount(
          [aGrant({ units, held: 1, until: '15:00' }), aGrant({ id: 2, units: more })],
          [{ ...session, ...under(policy) }],
        );
        const given = { ...session, ...under(policy) };
        const expected = expectedEnd(given, account.grants);
        const ended = sessionOf(settle(account, expected.at).account, session.id);
        const before = sessionOf(settle(account, after(expected.at, -1)).account, session.id);

        expect(ended).toMatchObject({ state: 'ended', endedAt: expected.at, endReason: expected.reason });
        expect(before.state).toBe('active');
      },
    );
    await holds(FILE, 1000, property);
  });
});
