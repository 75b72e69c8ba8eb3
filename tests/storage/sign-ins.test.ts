import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { userId } from '../../src/billing/ids.ts';
import { createSignIns, type SignIns } from '../../src/http/auth/sign-ins.ts';
import { type Clinic, NINE, openClinic } from '../engine/clinic.ts';

/** A PostgreSQL whose clock the test moves, and two processes of the API on it. */
let clinic: Clinic;
beforeEach(async () => {
  clinic = await openClinic();
});
afterEach(() => clinic.close());

const ADMIN = userId(3);
const HOURS = 60;

/** By a token that may open any number. */
const opened = async (signIns: SignIns, user = ADMIN): Promise<string> =>
  (await signIns.open({ userId: user, tokenKey: null, tokenExpiresAtMs: 0 })) ?? 'none was opened';

const openBoth = () => ({
  one: createSignIns(clinic.database.signIns),
  other: createSignIns(clinic.open().database.signIns),
});

test('a copied cookie is worth nothing after the sign-out, in any process', async () => {
  const { one, other } = openBoth();
  const id = await opened(one);
  const another = await opened(one);
  expect(await one.find(id)).toMatchObject({ userId: ADMIN, isAdmin: true });
  expect(await other.find(id)).toMatchObject({ userId: ADMIN, isAdmin: true });

  await other.end(id);
  expect(await one.find(id)).toBeNull();
  expect(await other.find(id)).toBeNull();
  expect(await one.find(another)).not.toBeNull();
});

test('a copied cookie is worth nothing after eight hours, in any process', async () => {
  const { one, other } = openBoth();
  const id = await opened(one);
  await clinic.at(8 * HOURS - 1 / HOURS);
  expect([await one.find(id), await other.find(id)]).toMatchObject([{ userId: ADMIN }, { userId: ADMIN }]);

  await clinic.at(8 * HOURS);
  expect([await one.find(id), await other.find(id)]).toStrictEqual([null, null]);
});

test('the table holds a hash of what the browser holds, the user and the end; what has ended is removed by the next sign-in', async () => {
  const { one } = openBoth();
  const id = await opened(one);
  const rows = async () =>
    (
      await clinic.sql.query(
        'SELECT id_hash, user_id, extract(epoch FROM ends_at - created_at)::integer AS seconds FROM sign_ins',
      )
    ).rows;
  expect(await rows()).toStrictEqual([
    { id_hash: createHash('sha256').update(id).digest(), user_id: '3', seconds: 8 * 3600 },
  ]);

  await clinic.at(8 * HOURS);
  await opened(one, userId(4));
  expect(await rows()).toMatchObject([{ user_id: '4' }]);
});

test('a token with a jti opens one sign-in, in whichever process it comes first, and two at once open one', async () => {
  const { one, other } = openBoth();
  const soon = NINE + 60_000;
  const first = { userId: ADMIN, tokenKey: '["clinic",3,"a"]', tokenExpiresAtMs: soon };
  const id = await one.open(first);
  expect(await other.find(id ?? '')).toMatchObject({ userId: ADMIN });
  expect([await one.open(first), await other.open(first)]).toStrictEqual([null, null]);

  const second = { ...first, tokenKey: '["clinic",3,"b"]' };
  const ids = await Promise.all([one.open(second), other.open(second), one.open(second)]);
  expect(ids.filter((found) => found !== null)).toHaveLength(1);
});

test('a token that has opened a sign-in is remembered by its hash alone, and forgotten an hour after its own end', async () => {
  const { one } = openBoth();
  const tokenKey = '["clinic",3,"a"]';
  await one.open({ userId: ADMIN, tokenKey, tokenExpiresAtMs: NINE + 60_000 });
  const hashes = async () =>
    (await clinic.sql.query<{ token_hash: Buffer }>('SELECT token_hash FROM used_tokens')).rows.map(
      ({ token_hash: hash }) => hash,
    );
  expect(await hashes()).toStrictEqual([createHash('sha256').update(tokenKey).digest()]);

  await clinic.at(1 + HOURS);
  await one.open({ userId: ADMIN, tokenKey: '["clinic",3,"b"]', tokenExpiresAtMs: NINE + 2 * 3_600_000 });
  expect(await hashes()).toStrictEqual([createHash('sha256').update('["clinic",3,"b"]').digest()]);
});

test('an opening that is repeated because its answer was lost finds itself done', async () => {
  const hash = createHash('sha256').update('a token').digest('hex');
  const open = () =>
    clinic.database.signIns.open('ab'.repeat(32), ADMIN, 1000, { hash, endsAtMs: NINE + 60_000 });
  expect([await open(), await open()]).toStrictEqual([true, true]);
});
