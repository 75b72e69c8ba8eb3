import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { userId } from '../../src/billing/ids.ts';
import { createSignIns } from '../../src/http/auth/sign-ins.ts';
import { type Clinic, openClinic } from '../engine/clinic.ts';

/** A PostgreSQL whose clock the test moves, and two processes of the API on it. */
let clinic: Clinic;
beforeEach(async () => {
  clinic = await openClinic();
});
afterEach(() => clinic.close());

const ADMIN = userId(3);
const HOURS = 60;

const openBoth = () => ({
  one: createSignIns(clinic.database.signIns),
  other: createSignIns(clinic.open().database.signIns),
});

test('a copied cookie is worth nothing after the sign-out, in any process', async () => {
  const { one, other } = openBoth();
  const id = await one.open(ADMIN);
  const another = await one.open(ADMIN);
  expect(await one.find(id)).toMatchObject({ userId: ADMIN, isAdmin: true });
  expect(await other.find(id)).toMatchObject({ userId: ADMIN, isAdmin: true });

  await other.end(id);
  expect(await one.find(id)).toBeNull();
  expect(await other.find(id)).toBeNull();
  expect(await one.find(another)).not.toBeNull();
});

test('a copied cookie is worth nothing after eight hours, in any process', async () => {
  const { one, other } = openBoth();
  const id = await one.open(ADMIN);
  await clinic.at(8 * HOURS - 1 / HOURS);
  expect([await one.find(id), await other.find(id)]).toMatchObject([{ userId: ADMIN }, { userId: ADMIN }]);

  await clinic.at(8 * HOURS);
  expect([await one.find(id), await other.find(id)]).toStrictEqual([null, null]);
});

test('the table holds the hash of what the browser holds, who it is and until when; what has ended is removed by the next', async () => {
  const { one } = openBoth();
  const id = await one.open(ADMIN);
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
  await one.open(userId(4));
  expect(await rows()).toMatchObject([{ user_id: '4' }]);
});
