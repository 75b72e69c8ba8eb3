import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAuditing } from '../../src/engine.ts';
import type { Clinic } from '../engine/clinic.ts';
import { minute, openLivedClinic } from './clinic-day.ts';

let clinic: Clinic;
beforeEach(async () => {
  clinic = await openLivedClinic();
});
afterEach(() => clinic.close());

const NIGHT = 18 * 60 + 15;
const NOTE = 'Changed by hand, put back';
const usual = { atHour: 3, onDifference: () => {}, isStopped: () => false };
const acknowledge = (by: number, night = '2026-11-23') => ({
  night,
  by,
  note: NOTE,
  requestId: `request-${by}`,
});

const actions = async () =>
  (
    await clinic.sql.query(
      `SELECT actor_id, action, target_kind, note, after, request_id FROM admin_actions
       WHERE action = 'audit.acknowledged' ORDER BY id`,
    )
  ).rows;

async function openAudited() {
  await clinic.at(NIGHT);
  await clinic.sql.query('UPDATE grants SET held = 2 WHERE id = 1031');
  const auditing = createAuditing(clinic.database.audit);
  expect(await auditing.night(usual)).toMatchObject({ kind: 'audited', summary: { differences: 1 } });
  return auditing;
}

test('a night that was acknowledged says by whom from then on, and so does the record of who did what', async () => {
  const { acknowledge: take, runs } = await openAudited();
  expect(await runs(1)).toMatchObject([{ acknowledged: null }]);
  await clinic.at(NIGHT + 60);
  const taken = { at: minute(NIGHT + 60), by: 7, note: NOTE };
  expect(await take(acknowledge(7))).toMatchObject({ night: '2026-11-23', acknowledged: taken });
  expect(await runs(1)).toMatchObject([{ acknowledged: taken }]);
  expect(await actions()).toStrictEqual([
    {
      actor_id: '7',
      action: 'audit.acknowledged',
      target_kind: 'audit',
      note: NOTE,
      after: { night: '2026-11-23', differences: 1 },
      request_id: 'request-7',
    },
  ]);
});

test('a night is acknowledged once, however many do it, also at the same time', async () => {
  await openAudited();
  const processes = Array.from({ length: 4 }, () => createAuditing(clinic.open().database.audit));
  const answers = await Promise.all(processes.map((process, i) => process.acknowledge(acknowledge(i + 1))));
  const [first] = answers;
  expect(first?.acknowledged).not.toBeNull();
  expect(new Set(answers.map((run) => run?.acknowledged?.by)).size).toBe(1);
  expect(await actions()).toHaveLength(1);
  expect((await processes[0]?.acknowledge(acknowledge(9)))?.acknowledged).toStrictEqual(first?.acknowledged);
  expect(await actions()).toHaveLength(1);
});

test('a night that was not audited to its end cannot be acknowledged', async () => {
  const { acknowledge: take } = createAuditing(clinic.database.audit);
  await clinic.at(NIGHT);
  await clinic.database.audit.runs.claim(3);
  expect(await take(acknowledge(7))).toBeNull();
  expect(await take(acknowledge(7, '2025-01-01'))).toBeNull();
  expect(await actions()).toStrictEqual([]);
});
