import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { userId } from '../../src/billing/ids.ts';
import type { Prisma } from '../../src/storage/client.ts';
import { activateLowBalance } from '../../src/storage/sql/activate-events.ts';
import { claimAuditNight } from '../../src/storage/sql/audit-runs.ts';
import { countAuditedSessions } from '../../src/storage/sql/count-audited-sessions.ts';
import { countSessions } from '../../src/storage/sql/counts.ts';
import { createAccounts } from '../../src/storage/sql/create-accounts.ts';
import { findActiveSessions } from '../../src/storage/sql/find-active-sessions.ts';
import { findAuditRuns } from '../../src/storage/sql/find-audit-runs.ts';
import { findAuditedAccounts } from '../../src/storage/sql/audit.ts';
import { findEntriesOfDoctor } from '../../src/storage/sql/lists.ts';
import { findOverdue } from '../../src/storage/sql/overdue.ts';
import { loadAccounts } from '../../src/storage/sql/load.ts';
import { finishRun, releaseClaim, renewClaim } from '../../src/storage/sql/keep-audit-run.ts';
import { loadHistories } from '../../src/storage/sql/load-histories.ts';
import { findAccounts, lockAccounts } from '../../src/storage/sql/lock.ts';
import { pageDeadlines } from '../../src/storage/sql/deadlines.ts';
import { touchSessions } from '../../src/storage/sql/touch.ts';
import { writeChanges } from '../../src/storage/sql/write.ts';
import { createDatabase, type TestDatabase } from '../../tools/kit/database.ts';
import { EVERY_WRITE, ONE_LIST_EACH } from './every-write.ts';

const period = { from: 1, to: 2, patientId: null };
const ledgerOfDoctor = {
  patientId: null,
  doctorId: userId(1),
  from: null,
  to: null,
  cursor: null,
  limit: 10,
};
const claim = { night: '2026-11-22', token: '00000000-0000-4000-8000-000000000000', since: null, until: 1 };
const counts = { accounts: 0, sessions: 0, entries: 0, events: 0, differences: 0 };

/** Every statement, by its file, in each of its forms. */
const statements: Readonly<Record<string, readonly Prisma.Sql[]>> = {
  'activate-events.ts': [activateLowBalance()],
  'audit-runs.ts': [claimAuditNight(3, claim.token)],
  'count-audited-sessions.ts': [
    countAuditedSessions({ ...period, by: 'ended' }, 10),
    countAuditedSessions({ ...period, by: 'ended', patientId: 1 }, 10),
  ],
  'counts.ts': [countSessions(1000)],
  'create-accounts.ts': [createAccounts([1])],
  'find-active-sessions.ts': [findActiveSessions(null, 10)],
  'find-audit-runs.ts': [findAuditRuns(10, true)],
  'audit.ts': [
    findAuditedAccounts({ from: null, to: null, patientId: null, by: 'ended' }, null, 10),
    findAuditedAccounts({ ...period, by: 'ended' }, null, 10),
    findAuditedAccounts({ ...period, by: 'recorded' }, { placeMs: 1, placeId: 1 }, 10),
    findAuditedAccounts({ from: null, to: null, patientId: 1, by: 'ended' }, null, 10),
    findAuditedAccounts({ ...period, patientId: 1, by: 'ended' }, null, 10),
    findAuditedAccounts({ ...period, patientId: 1, by: 'recorded' }, null, 10),
  ],
  'lists.ts': [findEntriesOfDoctor(1, ledgerOfDoctor, 10)],
  'overdue.ts': [findOverdue({ graceMs: 1000, limit: 10, after: null })],
  'keep-audit-run.ts': [renewClaim(claim), releaseClaim(claim), finishRun(claim, counts, [])],
  'load.ts': [loadAccounts({}, findAccounts({}), false), loadAccounts({}, findAccounts({}), true)],
  'load-histories.ts': [loadHistories([1])],
  'lock.ts': [lockAccounts({}, 'wait'), lockAccounts({}, 'give_up'), findAccounts({})],
  'deadlines.ts': [pageDeadlines(null, 10)],
  'touch.ts': [touchSessions([])],
  'write.ts': [EVERY_WRITE, ...ONE_LIST_EACH].map(writeChanges),
};

let database: TestDatabase;
let sql: Client;
beforeAll(async () => {
  database = await createDatabase();
  sql = new Client({ connectionString: database.url });
  await sql.connect();
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

describe('against the migrated tables', () => {
  test('every statement there is, is tried', async () => {
    const files = await readdir(join(import.meta.dirname, '../../src/storage/sql'));
    // bigint-array.ts and period.ts are parts of statements, and none by itself.
    const whole = files.filter((file) => !['bigint-array.ts', 'period.ts'].includes(file));
    expect(whole.toSorted()).toEqual(Object.keys(statements).toSorted());
  });

  test.for(Object.entries(statements))('PostgreSQL prepares %s', async ([, forms]) => {
    for (const { text } of forms) {
      await sql.query(`PREPARE tried AS ${text}`);
      await sql.query('DEALLOCATE tried');
    }
  });

  test('PostgreSQL refuses to prepare a statement that names a column which is not there', async () => {
    await expect(sql.query('PREPARE tried AS SELECT units_left FROM grants')).rejects.toThrow('units_left');
  });
});
