import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { appointmentId, grantId, ledgerEntryId, sessionId, userId } from '../../src/billing/ids.ts';
import { instant } from '../../src/billing/time.ts';
import type { ActionFilter } from '../../src/sessions/admin-actions.ts';
import type { Needs } from '../../src/sessions/store.ts';
import type { Prisma } from '../../src/storage/client.ts';
import { findActions, findActionsOfSession, insertAction } from '../../src/storage/sql/admin-actions.ts';
import { findActive, findEnded, findUpcoming } from '../../src/storage/sql/appointments.ts';
import { countAuditedSessions, findAuditedAccounts } from '../../src/storage/sql/audit.ts';
import {
  acknowledgeRun,
  activateLowBalance,
  claimAuditNight,
  findAuditRuns,
  finishRun,
  releaseClaim,
  renewClaim,
} from '../../src/storage/sql/audit-runs.ts';
import { findSettled, pageDeadlines } from '../../src/storage/sql/deadlines.ts';
import { loadHistories } from '../../src/storage/sql/histories.ts';
import { askNow, findDays, findHistory } from '../../src/storage/sql/figures.ts';
import { findNumber } from '../../src/storage/sql/find.ts';
import {
  findCorrection,
  askWhetherLedgerGoesOn,
  findEntries,
  findEntriesOfSessions,
  findEntry,
  findLedgerEnd,
  findNearEntriesOfDoctor,
  findTakeBacks,
} from '../../src/storage/sql/ledger.ts';
import { findPageOfMessages } from '../../src/storage/sql/messages.ts';
import { findSessionIds } from '../../src/storage/sql/session-list.ts';
import { loadAccounts } from '../../src/storage/sql/load.ts';
import { createAccounts, findAccounts, lockAccounts } from '../../src/storage/sql/lock.ts';
import { askRights, findInstallation } from '../../src/storage/sql/installation.ts';
import { eventsAfter, findMarks } from '../../src/storage/sql/follow.ts';
import { findOverdue } from '../../src/storage/sql/overdue.ts';
import { countSessions, findLastHour, findState } from '../../src/storage/sql/now.ts';
import {
  findWorkersAway,
  removeOldProcesses,
  seeProcess,
  stopProcess,
} from '../../src/storage/sql/processes.ts';
import { endSignIn, findSignIn, openSignIn, openSignInOnce } from '../../src/storage/sql/sign-ins.ts';
import { touchSessions } from '../../src/storage/sql/touch.ts';
import { writeChanges } from '../../src/storage/sql/write.ts';
import type { LedgerFilter, SessionFilter } from '../../src/sessions/console-store.ts';
import { sharedDatabase } from '../../tools/kit/shared-database.ts';
import { actionFilter, ledgerFilter, sessionFilter } from '../../tools/kit/list-filters.ts';
import { EVERY_WRITE, ONE_LIST_EACH } from './every-write.ts';
import { anAct } from './an-act.ts';

const period = { from: 1, to: 2, patientId: null };
/** Each way to ask for a part of the ledger, or of the sessions, and all of them at once. */
const eachAndAll = <Filter extends object>(parts: readonly Filter[]): Filter[] => [
  ...parts,
  Object.assign({}, ...parts),
];
const ledgerFilters = eachAndAll<Partial<LedgerFilter>>([
  {},
  { patientId: userId(1) },
  { doctorId: userId(1) },
  { sessionId: sessionId(1) },
  { from: instant(1) },
  { to: instant(2) },
  { cursor: { effectiveAt: instant(1), entryId: ledgerEntryId(1) } },
]).map(ledgerFilter);
const sessionFilters = (['active', 'ended', null] as const).flatMap((status) =>
  (['manual_end', null] as const).flatMap((endReason) =>
    eachAndAll<Partial<SessionFilter>>([
      {},
      { patientId: userId(1) },
      { doctorId: userId(1) },
      { appointmentId: appointmentId(1) },
      { from: instant(1) },
      { to: instant(2) },
      { cursor: sessionId(1) },
    ]).map((parts) => sessionFilter({ status, endReason, ...parts })),
  ),
);
const DAYS = [{ from: instant(1), to: instant(2) }];
/** Each alone, and all together. */
const ACTION_FILTERS: readonly ActionFilter[] = [
  {},
  { actorId: userId(1) },
  { action: 'charge.refunded' } as const,
  { patientId: userId(1) },
  { from: instant(1), to: instant(2) },
  { cursor: { recordedAt: instant(1), id: 1 } },
  {
    actorId: userId(1),
    action: 'queue.retry',
    patientId: userId(1),
    from: instant(1),
    to: instant(2),
    cursor: { recordedAt: instant(1), id: 1 },
  } as const,
].map((filter) => actionFilter(filter));
const claim = { night: '2026-11-22', token: '00000000-0000-4000-8000-000000000000', since: null, until: 1 };
const counts = { accounts: 0, sessions: 0, entries: 0, events: 0, differences: 0 };

const everyNeed: Needs = {
  appointments: [appointmentId(1)],
  sessions: [sessionId(1)],
  grants: [grantId(1)],
  entries: [ledgerEntryId(1)],
  patients: [userId(1)],
  messages: [{ appointmentId: appointmentId(1), clientMessageId: claim.token }],
  corrections: [{ admin: userId(1), idempotencyKey: 'a key' }],
  newSessions: 1,
};

/** Every statement, by its file, in each of its forms. */
const statements: Readonly<Record<string, readonly Prisma.Sql[]>> = {
  'admin-actions.ts': [
    insertAction(anAct()),
    ...ACTION_FILTERS.map((filter) => findActions(filter, 10)),
    findActionsOfSession(sessionId(1), [ledgerEntryId(1)]),
  ],
  'appointments.ts': [null, { position: 1, appointmentId: appointmentId(1) }].flatMap((cursor) =>
    [findUpcoming, findActive, findEnded].map((find) => find({ caller: userId(1), cursor }, 10)),
  ),
  'audit-runs.ts': [
    activateLowBalance(),
    claimAuditNight(3, claim.token),
    renewClaim(claim),
    releaseClaim(claim),
    finishRun(claim, counts, []),
    findAuditRuns(10, true),
    acknowledgeRun({ night: claim.night, by: 1, note: 'seen', requestId: 'r' }),
  ],
  'audit.ts': [
    countAuditedSessions({ ...period, by: 'ended' }, 10),
    countAuditedSessions({ ...period, by: 'ended', patientId: 1 }, 10),
    findAuditedAccounts({ from: null, to: null, patientId: null, by: 'ended' }, null, 10),
    findAuditedAccounts({ ...period, by: 'ended' }, null, 10),
    findAuditedAccounts({ ...period, by: 'recorded' }, { positionMs: 1, positionId: 1 }, 10),
    findAuditedAccounts({ from: null, to: null, patientId: 1, by: 'ended' }, null, 10),
    findAuditedAccounts({ ...period, patientId: 1, by: 'ended' }, null, 10),
    findAuditedAccounts({ ...period, patientId: 1, by: 'recorded' }, null, 10),
  ],
  'deadlines.ts': [pageDeadlines(null, 10), findSettled([{ sessionId: sessionId(1), at: instant(1) }])],
  'histories.ts': [loadHistories([1])],
  'figures.ts': [findDays(DAYS, null), findDays(DAYS, 1), findHistory(1, 10), askNow()],
  'find.ts': [findNumber(1)],
  'ledger.ts': [
    findLedgerEnd(),
    findEntry(1),
    findEntriesOfSessions([1]),
    findTakeBacks([1]),
    findCorrection(1, 'a key'),
    ...ledgerFilters.flatMap((filter) =>
      ([{ by: 'number', completeTo: 9 }, { by: 'time' }] as const).flatMap((order) => [
        findEntries(filter, order, 10),
        findNearEntriesOfDoctor({ ...filter, doctorId: userId(1) }, order, 10, 100),
        askWhetherLedgerGoesOn(filter, order, 100),
      ]),
    ),
  ],
  'messages.ts': [
    findPageOfMessages(1, { side: 'after', messageNo: 0, limit: 10 }, 1000),
    findPageOfMessages(1, { side: 'before', messageNo: 9, limit: 10 }, 1000),
  ],
  'session-list.ts': sessionFilters.map((filter) => findSessionIds(filter, 10)),
  'load.ts': [{}, everyNeed].flatMap((needs) => [
    loadAccounts(needs, findAccounts(needs), false),
    loadAccounts(needs, findAccounts(needs), true),
  ]),
  'lock.ts': [
    ...[{}, everyNeed].flatMap((needs) => [
      lockAccounts(needs, 'wait'),
      lockAccounts(needs, 'give_up'),
      findAccounts(needs),
    ]),
    createAccounts([1]),
  ],
  'installation.ts': [findInstallation(), askRights()],
  'follow.ts': [
    eventsAfter([{ appointmentId: appointmentId(1), after: 0 }], 100),
    findMarks([appointmentId(1)]),
  ],
  'overdue.ts': [findOverdue({ graceMs: 1000, limit: 10, after: null })],
  'now.ts': [findState(), findLastHour(), countSessions(1000)],
  'processes.ts': [
    seeProcess({ id: claim.token, kind: 'api', host: 'here', pid: 1, version: '1.0.0' }, 1000),
    stopProcess(claim.token),
    removeOldProcesses(),
    findWorkersAway([instant(1), instant(2)]),
  ],
  'sign-ins.ts': [
    openSignIn('00', 1, 1000),
    openSignInOnce('00', 1, 1000, '01', 1),
    findSignIn('00'),
    endSignIn('00'),
  ],
  'touch.ts': [touchSessions([])],
  'write.ts': [EVERY_WRITE, ...ONE_LIST_EACH].map(writeChanges),
};

const database = sharedDatabase();

describe('against the migrated tables', () => {
  test('every statement there is, is tried', async () => {
    const files = await readdir(join(import.meta.dirname, '../../src/storage/sql'));
    // period.ts is a part of statements, and none by itself.
    const whole = files.filter((file) => file !== 'period.ts');
    expect(whole.toSorted()).toEqual(Object.keys(statements).toSorted());
  });

  test.for(Object.entries(statements))('PostgreSQL prepares %s', async ([, forms]) => {
    for (const { text } of forms) {
      await database.sql.query(`PREPARE tried AS ${text}`);
      await database.sql.query('DEALLOCATE tried');
    }
  });

  test('PostgreSQL refuses to prepare a statement that names a column which is not there', async () => {
    await expect(database.sql.query('PREPARE tried AS SELECT units_left FROM grants')).rejects.toThrow(
      'units_left',
    );
  });
});
