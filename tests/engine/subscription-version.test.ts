import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Clinic, openClinic, said } from './clinic.ts';

/** A clinic's webhooks, which arrive late, twice and in another order, at two processes on a real database. */
let clinic: Clinic;
beforeEach(async () => {
  clinic = await openClinic();
});
afterEach(() => clinic.close());

const stored = async () =>
  (
    await clinic.sql.query(
      'SELECT units_subscribed AS units, remaining, version::integer AS version FROM grants WHERE id = 1',
    )
  ).rows;
/** After the entry that made it. */
const ledger = async () => (await clinic.ledger()).map(({ kind, units }) => `${kind} ${units}`);

describe('a subscription that comes with versions', () => {
  test('keeps its fifteen units when the five of the version before arrive late', async () => {
    const other = clinic.open();
    expect(said(await clinic.grant(1, 5, { version: 1 }))).toBe('stored');
    expect(said(await other.grant(1, 15, { version: 2 }))).toBe('stored');

    expect(await clinic.grant(1, 5, { version: 1 })).toEqual({
      kind: 'refused',
      code: 'subscription_version_stale',
      version: 2,
    });
    expect(said(await other.grant(1, 15, { version: 2 }))).toBe('stored');
    expect(await stored()).toEqual([{ units: 15, remaining: 15, version: 2 }]);
    expect(await ledger()).toEqual(['adjustment 10']);
  });

  test('ends with the latest of them, whichever process takes which first', async () => {
    const other = clinic.open();
    const versions = Array.from({ length: 20 }, (_, index) => index);
    await Promise.all(
      versions.map((version) => (version % 2 === 0 ? clinic : other).grant(1, 5 + version, { version })),
    );

    expect(await stored()).toEqual([{ units: 24, remaining: 24, version: 19 }]);
  });

  test('takes the greatest version that a request can carry', async () => {
    await clinic.grant(1, 5, { version: Number.MAX_SAFE_INTEGER });

    expect(await clinic.open().grant(1, 4, { version: 3 })).toMatchObject({
      version: Number.MAX_SAFE_INTEGER,
    });
  });

  test('is changed by the last that arrives where one comes without', async () => {
    await clinic.grant(1, 5, { version: 1 });
    await clinic.grant(1, 15);
    await clinic.grant(1, 6);

    expect(await stored()).toEqual([{ units: 6, remaining: 6, version: 1 }]);
  });
});
