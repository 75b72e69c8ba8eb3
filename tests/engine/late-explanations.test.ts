/** What receipt and timeline say of what was written after it was due. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Policy } from '../../src/billing/policy.ts';
import { type Clinic, MINUTE, PATIENT } from './clinic.ts';
import { openExplained } from './explained-clinic.ts';

let clinic: Clinic;
afterEach(() => clinic.close());

async function open(policy: Partial<Policy> = {}) {
  const opened = await openExplained(policy);
  ({ clinic } = opened);
  return opened;
}

/** As migration 20261128000000_console has it: a worker that was seen every two seconds, in minutes after nine. */
const addWorker = async (
  startedAt: number,
  seenAt: number,
  stoppedAt: number | null = null,
  kind: 'worker' | 'api' = 'worker',
): Promise<void> => {
  await clinic.sql.query(
    `INSERT INTO processes (id, kind, host, pid, version, started_at, seen_at, stopped_at)
     SELECT gen_random_uuid(), $4, 'a', 1, '0', nine + $1 * interval '1 minute', nine + $2 * interval '1 minute',
       nine + $3 * interval '1 minute'
     FROM (SELECT timestamptz '2026-11-22T09:00Z' AS nine) AS t`,
    [startedAt, seenAt, stoppedAt, kind],
  );
};

describe('what was written late', () => {
  const late = (minutes: number): string =>
    ` It was written ${minutes} min after it was due; the amount is the same.`;
  const LATE = late(55);

  /** Block 1 is charged at ten minutes, nobody writes any more, and the worker is away from the fifth minute until the 65th. */
  async function away() {
    const opened = await open({ idleMs: 12 * MINUTE });
    await clinic.at(1);
    await clinic.write(1, PATIENT);
    await clinic.at(65);
    await clinic.settle(opened.session);
    return opened;
  }

  test('says to staff that no worker was running, and when the last was seen', async () => {
    const { receipt, timeline } = await away();
    await addWorker(-100, -50);
    await addWorker(-40, 4 + 51.9 / 60);
    await addWorker(64, 65);
    await addWorker(-40, 65, null, 'api');

    const told = ' No worker was running then; the last was seen at 09:04:51.';
    expect((await timeline()).ledger[0]?.explanation.sentence).toMatch(new RegExp(`${LATE}${told}$`));
    expect((await timeline()).end_explanation?.sentence).toMatch(new RegExp(`${late(52)}${told}$`));
    expect((await receipt()).blocks[0]?.explanation.sentence).toMatch(new RegExp(`from grant 11\\.${LATE}$`));
  });

  test.each<[string, Parameters<typeof addWorker>]>([
    ['one was running', [-40, 65, null]],
    ['one had been seen less than six seconds before', [-40, 10 - 5.9 / 60, null]],
    ['one stopped just afterwards', [-40, 9, 10.01]],
    ['none had ever been recorded by then', [10.01, 65, null]],
  ])('says nothing of workers where %s', async (_what, worker) => {
    const { timeline } = await away();
    await addWorker(...worker);

    expect((await timeline()).ledger[0]?.explanation.sentence).toMatch(new RegExp(`${LATE}$`));
  });

  test.each<[string, Parameters<typeof addWorker>]>([
    ['the last one died six seconds before', [-40, 10 - 6 / 60, null]],
    ['the last one had stopped by then', [-40, 9.99, 10]],
  ])('says that none was running where %s', async (_what, worker) => {
    const { timeline } = await away();
    await addWorker(...worker);

    expect((await timeline()).ledger[0]?.explanation.sentence).toContain('No worker was running then');
  });
});
